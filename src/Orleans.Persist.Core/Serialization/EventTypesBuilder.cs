using System.Reflection;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Serialization;

/// <summary>What goes into an <see cref="EventTypes{TEvent}"/>. The order of calls matters only among rules of one kind.</summary>
/// <typeparam name="TEvent">What all the events have in common.</typeparam>
public sealed partial class EventTypesBuilder<TEvent>
{
    private readonly List<EventRegistration<TEvent>> _types = [];
    private readonly Dictionary<string, string> _renamed = new(StringComparer.Ordinal);
    private readonly HashSet<string> _dropped = new(StringComparer.Ordinal);
    private readonly List<EventRule<Func<TEvent, IEnumerable<string>>>> _tags = [];
    private readonly List<EventRule<Func<TEvent, string?>>> _subjects = [];
    private readonly List<EventRule<Func<TEvent, TEvent>>> _transforms = [];
    private IPayloadCodecFactory _codecs = new JsonPayloadCodecFactory();

    internal EventTypesBuilder()
    {
    }

    /// <summary>Registers a type under the name and schema version of its <c>[EventType]</c>, else its full CLR name and 1.</summary>
    /// <param name="codec">Its codec, or null for the default (<see cref="UseCodecs"/>).</param>
    public EventTypesBuilder<TEvent> Add<T>(IPayloadCodec<T>? codec = null)
        where T : TEvent
    {
        var attribute = typeof(T).GetCustomAttribute<EventTypeAttribute>();
        return Add(attribute?.Name ?? ClrName.Of(typeof(T)), attribute?.SchemaVersion ?? 1, codec);
    }

    /// <summary>Registers a type that is written and read today.</summary>
    /// <param name="name">Its stable name.</param>
    /// <param name="schemaVersion">The version of the payload's schema that is written.</param>
    /// <param name="codec">Its codec, or null for the default (<see cref="UseCodecs"/>).</param>
    /// <param name="compatibleSince">The oldest schema version that the codec reads as it is; null for any older one if the codec says so (<see cref="IPayloadCodec{T}.ReadsOlderVersions"/>, as JSON does), else none. Versions for which there is an <see cref="AddOld"/> are migrated by that.</param>
    public EventTypesBuilder<TEvent> Add<T>(string name, int schemaVersion = 1, IPayloadCodec<T>? codec = null, int? compatibleSince = null)
        where T : TEvent
    {
        Register<T>(name, schemaVersion);
        _types.Add(Registration(name, schemaVersion, codec, compatibleSince));
        return this;
    }

    /// <summary>Registers a type that is no longer written: when it is read, it becomes none, one or several of today's events.</summary>
    /// <param name="name">The name it is stored under; may be that of a type of today, with another schema version.</param>
    /// <param name="schemaVersion">The schema version it is stored with.</param>
    /// <param name="migrate">What it is today. Must give the same events every time.</param>
    /// <param name="codec">Its codec, or null for the default (<see cref="UseCodecs"/>).</param>
    public EventTypesBuilder<TEvent> AddOld<TOld>(
        string name, int schemaVersion, Func<TOld, RecordedEvent, IEnumerable<TEvent>> migrate, IPayloadCodec<TOld>? codec = null)
    {
        ArgumentNullException.ThrowIfNull(migrate);
        Register<TOld>(name, schemaVersion);
        _types.Add(new EventRegistration<TEvent>(
            name,
            schemaVersion,
            typeof(TOld),
            codecs =>
            {
                var reading = codec ?? codecs.Create<TOld>();
                return new EventReader<TEvent>(schemaVersion, schemaVersion) { Many = (data, recorded) => migrate(reading.Read(data), recorded) };
            },
            Writer: null));
        return this;
    }

    /// <summary>Reads events stored under an old name as those of another: of a type of today, an old one, or one that is renamed itself.</summary>
    public EventTypesBuilder<TEvent> Rename(string oldName, string newName)
    {
        ArgumentException.ThrowIfNullOrEmpty(oldName);
        ArgumentException.ThrowIfNullOrEmpty(newName);
        if (!_renamed.TryAdd(oldName, newName))
            throw new InvalidOperationException($"The event type '{oldName}' is renamed twice, to '{_renamed[oldName]}' and '{newName}'.");
        return this;
    }

    /// <summary>Passes over events of a name that has no meaning any more, of whatever schema version; their payload is not read.</summary>
    public EventTypesBuilder<TEvent> Drop(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        _dropped.Add(name);
        return this;
    }

    /// <summary>Tags the events of a type, and of those derived from it, when they are stored. Tags of several rules add up; one that comes twice is stored once.</summary>
    public EventTypesBuilder<TEvent> Tag<T>(Func<T, IEnumerable<string>> tags)
        where T : TEvent
    {
        ArgumentNullException.ThrowIfNull(tags);
        _tags.Add(new EventRule<Func<TEvent, IEnumerable<string>>>(typeof(T), @event => tags((T)@event!)));
        return this;
    }

    /// <summary>Says which aggregate the events of a type, and of those derived from it, are about. Of several rules the first that does not give null counts.</summary>
    public EventTypesBuilder<TEvent> Subject<T>(Func<T, string?> subject)
        where T : TEvent
    {
        ArgumentNullException.ThrowIfNull(subject);
        _subjects.Add(new EventRule<Func<TEvent, string?>>(typeof(T), @event => subject((T)@event!)));
        return this;
    }

    /// <summary>Makes another event of the events of a type, and of those derived from it, before they are stored. <typeparamref name="T"/> need not be registered, the result must be. Transforms are applied once each, in the order of these calls, each to what the one before made.</summary>
    public EventTypesBuilder<TEvent> Transform<T>(Func<T, TEvent> transform)
        where T : TEvent
    {
        ArgumentNullException.ThrowIfNull(transform);
        _transforms.Add(new EventRule<Func<TEvent, TEvent>>(typeof(T), @event => transform((T)@event!)));
        return this;
    }

    /// <summary>Which codec types get that are registered without one, whenever they are. JSON by default; one more call replaces it.</summary>
    public EventTypesBuilder<TEvent> UseCodecs(IPayloadCodecFactory codecs)
    {
        ArgumentNullException.ThrowIfNull(codecs);
        _codecs = codecs;
        return this;
    }
}
