using System.Collections.Concurrent;
using System.Reflection;

namespace Orleans.Persist.Serialization;

/// <summary>The types that a registry was not told of, registered when they first come along.</summary>
internal sealed class EventTypesLearner<TEvent>(EventTypesBuilder<TEvent> builder, IEventTypeNames names)
{
    private static readonly MethodInfo Learned = typeof(EventTypesBuilder<TEvent>).GetMethod("Learned", BindingFlags.Instance | BindingFlags.NonPublic)!;
    private readonly ConcurrentDictionary<Type, EventWriter<TEvent>> _writers = new();
    private readonly ConcurrentDictionary<string, EventVersions<TEvent>> _versions = new(StringComparer.Ordinal);

    public EventWriter<TEvent>? Writer(Type type)
    {
        if (_writers.TryGetValue(type, out var known))
            return known;
        return type.ContainsGenericParameters || type.IsAbstract ? null : Learn(names.NameOf(type), type).Writer;
    }

    public EventVersions<TEvent>? Versions(ReadOnlySpan<byte> name)
    {
        var stored = Utf8Pool.Shared.Get(name);
        if (_versions.TryGetValue(stored, out var known))
            return known;
        var today = builder.NameToday(stored);
        if (names.Find(today) is not { IsAbstract: false, ContainsGenericParameters: false } type || !typeof(TEvent).IsAssignableFrom(type))
            return null;
        var versions = Learn(names.NameOf(type), type).Versions; // today it may be stored under another name
        _versions.TryAdd(stored, versions);
        return versions;
    }

    private (string Name, EventWriter<TEvent> Writer, EventVersions<TEvent> Versions) Learn(string name, Type type)
    {
        var learned = ((string, EventWriter<TEvent> Writer, EventVersions<TEvent> Versions))
            Learned.MakeGenericMethod(type).Invoke(builder, BindingFlags.DoNotWrapExceptions, null, [name], null)!;
        _writers.TryAdd(type, learned.Writer);
        _versions.TryAdd(name, learned.Versions);
        return (name, learned.Writer, learned.Versions);
    }
}
