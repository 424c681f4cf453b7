using System.Buffers;
using System.Runtime.CompilerServices;
using Orleans.Persist.Journal;
using Orleans.Persist.Processes;
using Orleans.Streams;

namespace Orleans.Persist.Grains;

/// <content>Its own history: to read, to subscribe to, to look back at, to check.</content>
public abstract partial class PersistentGrain<TState, TEvent>
{
    /// <summary>The grain's own events that are durable now, decoded.</summary>
    /// <param name="request">Which; all by default.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    protected async IAsyncEnumerable<PersistedEvent<TEvent>> History(ReadRequest? request = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var (@event, recorded) in Kernel.ReadAsync(request ?? ReadRequest.All, cancellationToken).ConfigureAwait(true))
            yield return new PersistedEvent<TEvent>(recorded.Version, recorded.Time, @event);
    }

    /// <summary>Each event of the grain once, after it is durable, in order: history from a version on and then live, with no seam. A grain method may return it to its caller; the enumeration does not hold up other calls.</summary>
    /// <param name="fromVersion">The first version wanted.</param>
    /// <param name="filter">Which events; null for all.</param>
    /// <param name="cancellationToken">Ends the subscription.</param>
    protected async IAsyncEnumerable<PersistedEvent<TEvent>> Subscribe(long fromVersion = 1, EventFilter? filter = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _ended.Token);
        var events = new List<TEvent>();
        await foreach (var recorded in Kernels.Services.Storage.Journal.SubscribeAsync(Stream, fromVersion, filter, either.Token).ConfigureAwait(true))
        {
            Kernel.Decode(recorded, events);
            foreach (var @event in events)
                yield return new PersistedEvent<TEvent>(recorded.Version, recorded.Time, @event);
        }
    }

    /// <summary>Publishes each event of the grain to an Orleans stream, in order, at least once, from where the last forwarding to it got to. It ends with the activation; call it in <c>OnActivateAsync</c>.</summary>
    protected void ForwardTo(IAsyncStream<PersistedEvent<TEvent>> stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var forwarder = new StreamForwarder<TEvent>(Stream, Kernel.Incarnation, Kernels.Services, stream);
        _ = forwarder.RunAsync(from => Subscribe(from, null, _ended.Token), _ended.Token);
    }

    /// <summary>The state as of a version, rebuilt beside the grain's own.</summary>
    /// <exception cref="HistoryTruncatedException">That far back nothing is kept.</exception>
    protected Task<PastState<TState>> StateAsOf(long version, CancellationToken cancellationToken = default) =>
        RebuildAsync(new RecoveryOptions { ToVersion = version }, cancellationToken);

    /// <summary>The state as of a time (as recorded by the journal), rebuilt beside the grain's own.</summary>
    /// <exception cref="HistoryTruncatedException">That far back nothing is kept.</exception>
    protected Task<PastState<TState>> StateAsOf(DateTimeOffset time, CancellationToken cancellationToken = default) =>
        RebuildAsync(new RecoveryOptions { ToTime = time }, cancellationToken);

    /// <summary>Rebuilds the state from the first event, without snapshots, and compares it with the state in memory as stored: whether <see cref="Apply"/> depends on nothing but its arguments, and no snapshot has gone astray.</summary>
    /// <returns>Whether they are the same, byte by byte.</returns>
    /// <exception cref="HistoryTruncatedException">The first events are not kept.</exception>
    protected async Task<bool> CheckReplay(CancellationToken cancellationToken = default)
    {
        var codec = Kernels.OptionsOf<TState, TEvent>(GetType(), ConfigureEvents, Configure).State;
        var now = new ArrayBufferWriter<byte>();
        codec.Write(State, now);
        var rebuilt = await RebuildAsync(new RecoveryOptions { UseSnapshots = false, ToVersion = Version }, cancellationToken).ConfigureAwait(true);
        var again = new ArrayBufferWriter<byte>();
        codec.Write(rebuilt.State, again);
        return now.WrittenSpan.SequenceEqual(again.WrittenSpan);
    }

    private async Task<PastState<TState>> RebuildAsync(RecoveryOptions options, CancellationToken cancellationToken)
    {
        var kernel = NewKernel();
        await kernel.RecoverAsync(options, cancellationToken).ConfigureAwait(true);
        return new PastState<TState>(kernel.State, kernel.Version, kernel.LastRecorded);
    }
}
