using System.Reflection;
using Orleans.Concurrency;
using Orleans.Persist.Grains;
using Orleans.Persist.Processes;
using Orleans.Runtime;

namespace Orleans.Persist.JournaledGrains;

/// <summary>What a class of grains that is marked <c>[Journaled]</c> must not be: whatever has two calls run at a time, or calls come in that are not stored.</summary>
internal static class JournaledGrainRules
{
    /// <summary>What is wrong with a class; nothing where it is not marked.</summary>
    public static IEnumerable<string> Problems(Type grain)
    {
        if (!grain.IsDefined(typeof(JournaledAttribute), inherit: true) || grain.IsAbstract)
            yield break;
        if (!IsJournaled(grain))
            yield return $"{grain.FullName} is marked [Journaled], but does not derive from {nameof(MessageJournaledGrain<>)}, which stores its calls.";
        foreach (var name in Interleaving(grain))
            yield return $"{grain.FullName} is journaled and {name}: its calls could run at the same time, and a rebuild could not repeat that. One call must end before the next begins.";
        if (grain.GetCustomAttributesData().Any(attribute => attribute.AttributeType.FullName is "Orleans.ImplicitStreamSubscriptionAttribute" or "Orleans.RegexImplicitStreamSubscriptionAttribute"))
            yield return $"{grain.FullName} is journaled and subscribes to a stream: what a stream brings could not be stored. Have it called with that.";
    }

    private static IEnumerable<string> Interleaving(Type grain)
    {
        if (grain.IsDefined(typeof(ReentrantAttribute), inherit: true))
            yield return "[Reentrant]";
        if (grain.IsDefined(typeof(MayInterleaveAttribute), inherit: true))
            yield return "marked [MayInterleave]";
        if (grain.IsDefined(typeof(StatelessWorkerAttribute), inherit: true))
            yield return "a [StatelessWorker]";
        var methods = grain.GetInterfaces().Where(type => typeof(IAddressable).IsAssignableFrom(type)).SelectMany(type => type.GetMethods());
        foreach (var method in methods.Where(method => method.IsDefined(typeof(AlwaysInterleaveAttribute))))
            yield return $"its method {method.DeclaringType!.Name}.{method.Name} is marked [AlwaysInterleave]";
    }

    private static bool IsJournaled(Type grain)
    {
        for (var type = grain.BaseType; type is not null; type = type.BaseType)
        {
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(MessageJournaledGrain<>))
                return true;
        }

        return false;
    }
}
