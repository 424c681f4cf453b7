using System.Runtime.CompilerServices;
using System.Buffers;
using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Serialization;

/// <summary>The registered event types of an application: what they are called in the journal, how they are encoded, and what old ones become.</summary>
/// <remarks>Immutable, and safe for use by many threads. Requirement p.12, and the stable names of p.2.</remarks>
/// <typeparam name="TEvent">What all the events have in common: an interface, a base class, or the one type of events there is.</typeparam>
[SuppressMessage("Design", "CA1000:Do not declare static members on generic types", Justification = "A registry belongs to a type of events; there is none without one.")]
public sealed class EventTypes<TEvent>
{
    private const string NullRead = "The codec gave null.";
    private static readonly Lazy<EventTypes<TEvent>> Found = new(static () => Create(EventTypesBuilder<TEvent>.AddFound));
    private readonly Utf8Table<EventVersions<TEvent>> _byName;
    private readonly FrozenDictionary<Type, EventWriter<TEvent>> _byType;
    private readonly IReadOnlyList<EventRule<Func<TEvent, TEvent>>> _transforms;
    private readonly EventTypesLearner<TEvent>? _learner;

    internal EventTypes(
        IReadOnlyCollection<KeyValuePair<string, EventVersions<TEvent>>> byName,
        IReadOnlyDictionary<Type, EventWriter<TEvent>> byType,
        IReadOnlyList<EventRule<Func<TEvent, TEvent>>> transforms,
        EventTypesLearner<TEvent>? learner = null)
    {
        Names = [.. byName.Select(pair => pair.Key).Order(StringComparer.Ordinal)];
        _byName = new Utf8Table<EventVersions<TEvent>>(byName);
        _byType = byType.ToFrozenDictionary();
        _transforms = transforms;
        _learner = learner;
    }

    /// <summary>
    /// The registry that the attributes describe: <typeparamref name="TEvent"/> itself if it is concrete, the types that its <c>[JsonDerivedType]</c> name,
    /// and the concrete types of its assembly that derive from it and have an <c>[EventType]</c>. They are called what <c>[EventType]</c> says,
    /// else the discriminator of <c>[JsonDerivedType]</c> if that is a text, else by the CLR's full name; JSON, without adapters.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is no such type, or two have one name.</exception>
    public static EventTypes<TEvent> Default => Found.Value;

    /// <summary>Every name that can be read, old ones included.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Makes a registry.</summary>
    /// <exception cref="InvalidOperationException">What is configured contradicts itself: a name and schema version twice, a CLR type under two names, a rule for a type that is not registered, …</exception>
    /// <exception cref="NotSupportedException">A type has no codec.</exception>
    public static EventTypes<TEvent> Create(Action<EventTypesBuilder<TEvent>> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var builder = new EventTypesBuilder<TEvent>();
        configure(builder);
        return builder.Build();
    }

    /// <inheritdoc cref="ToJournal(TEvent, in EventStamp, ArrayBufferWriter{byte}, out TEvent)"/>
    public EventData ToJournal(TEvent @event, in EventStamp stamp, ArrayBufferWriter<byte> buffer) => ToJournal(@event, stamp, buffer, out _);

    /// <summary>Encodes an event for an append: transformed, tagged, with its subject.</summary>
    /// <param name="event">The event.</param>
    /// <param name="stamp">What else it carries.</param>
    /// <param name="buffer">Where the payload is written, behind what is there; it must be left alone until the event has been appended.</param>
    /// <param name="stored">The event that was encoded: after the transforms, so what a replay will give back.</param>
    /// <exception cref="ArgumentException">The event's CLR type is not registered.</exception>
    public EventData ToJournal(TEvent @event, in EventStamp stamp, ArrayBufferWriter<byte> buffer, out TEvent stored)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        stored = Transformed(@event);
        return Encode(stored, stamp, buffer);
    }

    /// <summary>What is stored of an event: itself, or what the transforms make of it.</summary>
    internal TEvent Transformed(TEvent @event)
    {
        ArgumentNullException.ThrowIfNull(@event);
        return Writer(@event) is { HasTransform: false } ? @event : Transform(@event);
    }

    /// <summary>Encodes an event that has been transformed.</summary>
    /// <exception cref="ArgumentException">The event's CLR type is not registered.</exception>
    internal EventData Encode(TEvent stored, in EventStamp stamp, ArrayBufferWriter<byte> buffer)
    {
        var writer = Writer(stored) ?? throw NotRegistered(TypeOf(stored));
        var start = buffer.WrittenCount;
        writer.Encode(stored, buffer);
        return new EventData
        {
            Type = writer.Name,
            SchemaVersion = writer.SchemaVersion,
            ContentType = writer.ContentType,
            Data = buffer.WrittenMemory[start..],
            Tags = writer.Tags(stored),
            Subject = writer.Subject(stored),
            Time = stamp.Time,
            Id = stamp.Id,
            Source = stamp.Source,
            Metadata = stamp.Metadata ?? EventData.EmptyMetadata,
            Kernel = stamp.Kernel,
        };
    }

    /// <summary>Adds to <paramref name="into"/> what a stored event is today: none, one or several events.</summary>
    /// <exception cref="UnknownEventTypeException">Nobody registered its type.</exception>
    /// <exception cref="UnsupportedSchemaVersionException">Its schema version is newer than any registered, or older and neither compatible nor migrated.</exception>
    /// <exception cref="EventPayloadException">Its payload does not parse, or its migration failed. Nothing was added.</exception>
    public void FromJournal(RecordedEvent recorded, List<TEvent> into)
    {
        ArgumentNullException.ThrowIfNull(recorded);
        ArgumentNullException.ThrowIfNull(into);
        var before = into.Count;
        try
        {
            var data = EventBody.Data(recorded.Body.Span, out var type, out var schemaVersion);
            var reader = Reader(recorded, type, schemaVersion);
            if (reader.One is { } one)
            {
                into.Add(one(data) ?? throw new InvalidOperationException(NullRead));
                return;
            }

            foreach (var @event in reader.Many!(data, recorded) ?? throw new InvalidOperationException("The migration gave null."))
                into.Add(@event ?? throw new InvalidOperationException("The migration gave null for an event."));
        }
        catch (Exception e)
        {
            into.RemoveRange(before, into.Count - before);
            if (e is JournalException)
                throw;
            throw Unreadable(recorded, e);
        }
    }

    /// <summary>Reads a stored event that is exactly one of today's, as most are, without a list. Allocates nothing but the event.</summary>
    /// <returns>Whether it is. If not (an old type, a dropped one), <see cref="FromJournal"/> tells what it is.</returns>
    /// <exception cref="UnknownEventTypeException">Nobody registered its type.</exception>
    /// <exception cref="UnsupportedSchemaVersionException">Its schema version is newer than any registered, or older and neither compatible nor migrated.</exception>
    /// <exception cref="EventPayloadException">Its payload does not parse.</exception>
    public bool TryReadOne(RecordedEvent recorded, [MaybeNullWhen(false)] out TEvent @event)
    {
        ArgumentNullException.ThrowIfNull(recorded);
        try
        {
            var data = EventBody.Data(recorded.Body.Span, out var type, out var schemaVersion);
            if (Reader(recorded, type, schemaVersion).One is { } one)
            {
                @event = one(data) ?? throw new InvalidOperationException(NullRead);
                return true;
            }

            @event = default;
            return false;
        }
        catch (Exception e) when (e is not JournalException)
        {
            throw Unreadable(recorded, e);
        }
    }

    /// <summary>Reads a stored event from its bytes alone, as <see cref="TryReadOne(RecordedEvent, out TEvent)"/> does, for passes over millions.</summary>
    /// <returns>Whether it could be read. If not, for whatever reason, the recorded event tells why.</returns>
    // A rebuild is over before tiered compilation has got round to its loops.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal bool TryReadOne(ReadOnlySpan<byte> body, [MaybeNullWhen(false)] out TEvent @event)
    {
        try
        {
            var data = EventBody.Data(body, out var type, out var schemaVersion);
            if (_byName.Find(type)?.Find(schemaVersion)?.One is { } one)
            {
                @event = one(data);
                return true;
            }
        }
        catch (Exception)
        {
            // The slow way reports it, with stream and version.
        }

        @event = default;
        return false;
    }

    private EventWriter<TEvent>? Writer(TEvent @event)
    {
        var type = TypeOf(@event);
        return _byType.TryGetValue(type, out var writer) ? writer : _learner?.Writer(type);
    }

    private static Type TypeOf(TEvent @event) => typeof(TEvent).IsValueType ? typeof(TEvent) : @event!.GetType();

    private TEvent Transform(TEvent @event)
    {
        foreach (var rule in _transforms)
        {
            if (rule.Concerns(TypeOf(@event)))
            {
                @event = rule.Apply(@event)
                    ?? throw new InvalidOperationException($"The transform of events of {rule.Type} gave null.");
            }
        }

        return @event;
    }

    private EventReader<TEvent> Reader(RecordedEvent recorded, ReadOnlySpan<byte> type, int schemaVersion)
    {
        var versions = _byName.Find(type) ?? _learner?.Versions(type) ?? throw new UnknownEventTypeException(
            recorded.Stream, recorded.Version, Encoding.UTF8.GetString(type), $"EventTypes<{typeof(TEvent).Name}>", Names);
        return versions.Find(schemaVersion) ?? throw new UnsupportedSchemaVersionException(
            recorded.Stream,
            recorded.Version,
            Encoding.UTF8.GetString(type),
            schemaVersion,
            schemaVersion > versions.Newest
                ? $"The newest that is registered is {versions.Newest}: a newer release of the application stored it."
                : "Register it with AddOld, or tell Add the oldest version it is compatible with (compatibleSince).");
    }

    private static EventPayloadException Unreadable(RecordedEvent recorded, Exception e)
    {
        var (type, schemaVersion) = ("?", 0);
        try
        {
            (type, schemaVersion) = (recorded.Type, recorded.SchemaVersion);
        }
        catch (FormatException)
        {
            // The event's own layout is broken: the inner error says so.
        }

        return new EventPayloadException(recorded.Stream, recorded.Version, type, schemaVersion, e);
    }

    private ArgumentException NotRegistered(Type type) => new(
        $"Events of the type {type} are not registered in EventTypes<{typeof(TEvent).Name}>. Registered: "
        + $"{(_byType.Count is 0 ? "nothing" : string.Join(", ", _byType.Select(pair => $"{pair.Key.Name} ('{pair.Value.Name}')").Order(StringComparer.Ordinal)))}. "
        + "Register it with Add, or with [EventType] on the type where the default registry is used.");
}
