using System.Text.Json;
using Orleans.Persist.Journal;
using Orleans.Persist.Sources;

namespace Orleans.Persist.Projections;

/// <summary>A fold of a source's events into a state of a type of its own (requirement s.9). The same fold gives the state of the whole source, or of one aggregate when only its events are folded.</summary>
/// <typeparam name="TState">The state. Serialized with System.Text.Json unless <see cref="Serialize"/> and <see cref="Deserialize"/> are overridden.</typeparam>
/// <remarks>The fold must depend on nothing but state and event. One instance serves many reads at once: it must keep nothing itself.</remarks>
public abstract class Projection<TState> : Projection
    where TState : notnull
{
    /// <summary>The state before the first event.</summary>
    protected internal abstract TState Create();

    /// <summary>The state after an event: the one given, changed, or another.</summary>
    protected internal abstract TState Apply(TState state, RecordedEvent @event);

    /// <summary>The state as bytes, for snapshots and for readers outside the process.</summary>
    protected internal virtual ReadOnlyMemory<byte> Serialize(TState state) => JsonSerializer.SerializeToUtf8Bytes(state);

    /// <summary>The state that <see cref="Serialize"/> gave.</summary>
    /// <exception cref="FormatException">The bytes are no such state: an earlier snapshot is tried.</exception>
    protected internal virtual TState Deserialize(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize<TState>(bytes.Span) ?? throw new FormatException("The state is null.");
        }
        catch (JsonException e)
        {
            throw new FormatException($"The state cannot be read: {e.Message}", e);
        }
    }

    internal override async ValueTask<ProjectedState<ReadOnlyMemory<byte>>> ReadSerializedAsync(
        StateReader reader, IEventSource source, StateRequest request, CancellationToken cancellationToken)
    {
        var state = await reader.ReadAsync(source, this, request, cancellationToken).ConfigureAwait(false);
        return new ProjectedState<ReadOnlyMemory<byte>>(state.Incarnation, state.Version, state.Events, state.FromSnapshot, Serialize(state.State));
    }
}
