using System.Reflection;

namespace Orleans.Persist.Serialization;

/// <content>Types that need not be registered.</content>
public sealed partial class EventTypesBuilder<TEvent>
{
    private IEventTypeNames? _names;

    /// <summary>Registers every other type when it is first stored or read, with schema version 1, under the name that <paramref name="names"/> has for it. Rules (tags, subjects, transforms) and renames hold for such types too.</summary>
    /// <remarks>For events whose types are not known beforehand. What is registered goes before what is learned.</remarks>
    public EventTypesBuilder<TEvent> Learn(IEventTypeNames names)
    {
        ArgumentNullException.ThrowIfNull(names);
        _names = names;
        return this;
    }

    /// <summary>Registers the concrete types of <paramref name="assembly"/> that are such events and have an <c>[EventType]</c>, but for those that are registered already.</summary>
    public EventTypesBuilder<TEvent> AddAttributed(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        var add = typeof(EventTypesBuilder<TEvent>).GetMethod(nameof(AddAs), BindingFlags.Instance | BindingFlags.NonPublic)!;
        foreach (var type in Loadable(assembly).Where(type => type.IsDefined(typeof(EventTypeAttribute), inherit: false)))
        {
            if (!type.IsAbstract && !type.ContainsGenericParameters && typeof(TEvent).IsAssignableFrom(type) && !_types.Exists(known => known.Type == type && known.Writer is not null))
                add.MakeGenericMethod(type).Invoke(this, BindingFlags.DoNotWrapExceptions, null, [null], null);
        }

        return this;
    }

    internal (string Name, EventWriter<TEvent> Writer, EventVersions<TEvent> Versions) Learned<T>(string name)
        where T : TEvent
    {
        var registration = Registration<T>(name, 1, null, null);
        return (name, registration.Writer!(_codecs), new EventVersions<TEvent>([registration.Reader(_codecs)]));
    }

    /// <summary>What a stored name is called today.</summary>
    internal string NameToday(string name)
    {
        for (var steps = 0; steps <= _renamed.Count && _renamed.TryGetValue(name, out var next); steps++)
            name = next;
        return name;
    }

    private bool IsLearned(string oldName, Dictionary<string, EventVersions<TEvent>> readers) => _names is not null && !readers.ContainsKey(NameToday(oldName));
}
