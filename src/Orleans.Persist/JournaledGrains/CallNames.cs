using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.Configuration;
using Orleans.Serialization.Invocation;

namespace Orleans.Persist.JournaledGrains;

/// <summary>The stable names of grain calls: the interface, and the method by its <c>[Alias]</c>, else by its name and the types of its parameters.</summary>
/// <remarks>Orleans knows a method by its alias, else by a hash of the same; a name that a person can read is found in a journal, and can be renamed.</remarks>
internal sealed class CallNames(IOptions<TypeManifestOptions> manifest, IServiceProvider services)
{
    private readonly Lazy<(Dictionary<string, Type> Types, Dictionary<Type, string> Names)> _known = new(() => Find(manifest.Value, services));

    /// <summary>The name of a call, by the type that Orleans has generated for it; null for generic methods and interfaces.</summary>
    public string? NameOf(Type call) => _known.Value.Names.GetValueOrDefault(call);

    /// <summary>The generated type of a call, or null where there is no such method any more.</summary>
    public Type? Find(string name) => _known.Value.Types.GetValueOrDefault(name);

    private static (Dictionary<string, Type> Types, Dictionary<Type, string> Names) Find(TypeManifestOptions manifest, IServiceProvider services)
    {
        var types = new Dictionary<string, Type>(StringComparer.Ordinal);
        var names = new Dictionary<Type, string>();
        foreach (var type in manifest.Serializers.Select(CallOf).OfType<Type>().Distinct().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            using var call = Make(type, services);
            if (call is null || !typeof(IAddressable).IsAssignableFrom(call.GetInterfaceType()) || call.GetMethod() is not { } method)
                continue;
            var name = $"{NameOfType(call.GetInterfaceType())}/{NameOfMethod(method)}";
            if (types.TryAdd(name, type)) // else it keeps the name that Orleans has for it
                names.Add(type, name);
        }

        return (types, names);
    }

    /// <summary>What a generated serializer serializes, if that is a call.</summary>
    private static Type? CallOf(Type serializer) => serializer.ContainsGenericParameters
        ? null
        : serializer.GetInterfaces()
            .Where(known => known.IsGenericType && known.GetGenericTypeDefinition() == typeof(IFieldCodec<>))
            .Select(known => known.GenericTypeArguments[0])
            .FirstOrDefault(type => typeof(IInvokable).IsAssignableFrom(type) && !type.IsAbstract);

    private static IInvokable? Make(Type type, IServiceProvider services)
    {
        try
        {
            return (IInvokable)ActivatorUtilities.CreateInstance(services, type);
        }
        catch (Exception)
        {
            return null; // a call of some extension that wants what this silo has not: it keeps the name that Orleans has for it
        }
    }

    private static string NameOfMethod(MethodInfo method) =>
        method.GetCustomAttribute<AliasAttribute>()?.Alias ?? $"{method.Name}({string.Join(",", method.GetParameters().Select(parameter => parameter.ParameterType))})";

    private static string NameOfType(Type type) => type.GetCustomAttribute<AliasAttribute>()?.Alias ?? type.ToString();
}
