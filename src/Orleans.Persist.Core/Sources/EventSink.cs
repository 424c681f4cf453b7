using Orleans.Persist.Journal;

namespace Orleans.Persist.Sources;

/// <summary>A consumer of an event source with state of its own in memory. The engine imports, replays to and exports it.</summary>
/// <typeparam name="TState">The application state. Serialized with System.Text.Json unless <see cref="Serialize"/> and <see cref="Deserialize"/> are overridden.</typeparam>
/// <remarks>All members are called one at a time, never concurrently.</remarks>
public abstract class EventSink<TState>
    where TState : class, new()
{
    /// <summary>The sink's name, unique within its source.</summary>
    public abstract string Name { get; }

    /// <summary>The stable name of the state's type, stored with each export; an export under another name is not imported. By default the name of <typeparamref name="TState"/>: override it before the type is renamed.</summary>
    public virtual string StateType => typeof(TState).Name;

    /// <summary>Applies the next event to the state. Called once for each event, in order; the same for replayed and live ones.</summary>
    protected internal abstract ValueTask ApplyAsync(TState state, RecordedEvent @event, CancellationToken cancellationToken);

    /// <summary>Called once the state has been imported (or created) and before the first event is applied.</summary>
    protected internal virtual ValueTask OnImportedAsync(TState state, long version, CancellationToken cancellationToken) => default;

    /// <summary>Captures the state as bytes, between two events. They are stored while further events are applied, so they must not change afterwards. At most 64 MiB on the embedded storage.</summary>
    protected internal virtual ReadOnlyMemory<byte> Serialize(TState state) => System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(state);

    /// <summary>The state that <see cref="Serialize"/> captured.</summary>
    /// <exception cref="FormatException">The bytes are no such state; the export before it is tried.</exception>
    protected internal virtual TState Deserialize(ReadOnlyMemory<byte> bytes) =>
        System.Text.Json.JsonSerializer.Deserialize<TState>(bytes.Span) ?? throw new FormatException("The exported state is null.");
}
