using System.Buffers;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Persist.Processes;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.JournaledGrains;

/// <content>Looking back and checking, for queries: beside the grain's own state, by an instance of its own.</content>
public abstract partial class MessageJournaledGrain<TState>
{
    /// <summary>The state as of a version, rebuilt beside the grain's own. Only a query may wait for it.</summary>
    /// <exception cref="HistoryTruncatedException">That far back nothing is kept.</exception>
    protected Task<PastState<TState>> StateAsOf(long version, CancellationToken cancellationToken = default) =>
        RebuildAsync(new RecoveryOptions { ToVersion = version }, cancellationToken);

    /// <summary>The state as of a time (as recorded by the journal), rebuilt beside the grain's own. Only a query may wait for it.</summary>
    /// <exception cref="HistoryTruncatedException">That far back nothing is kept.</exception>
    protected Task<PastState<TState>> StateAsOf(DateTimeOffset time, CancellationToken cancellationToken = default) =>
        RebuildAsync(new RecoveryOptions { ToTime = time }, cancellationToken);

    /// <summary>Handles every message again from the first one on, without snapshots, in an instance of its own, and compares the state with the one in memory as stored. Only a query may wait for it.</summary>
    /// <returns>Whether they are the same, byte by byte.</returns>
    /// <exception cref="ReplayDivergedException">A message does not repeat what it did.</exception>
    /// <exception cref="HistoryTruncatedException">The first messages are not kept.</exception>
    protected async Task<bool> CheckReplay(CancellationToken cancellationToken = default)
    {
        var codec = _options!.State;
        var now = new ArrayBufferWriter<byte>();
        codec.Write(State, now);
        var rebuilt = await RebuildAsync(new RecoveryOptions { UseSnapshots = false, ToVersion = Version }, cancellationToken).ConfigureAwait(true);
        var again = new ArrayBufferWriter<byte>();
        codec.Write(rebuilt.State, again);
        return now.WrittenSpan.SequenceEqual(again.WrittenSpan);
    }

    private async Task<PastState<TState>> RebuildAsync(RecoveryOptions options, CancellationToken cancellationToken)
    {
        var beside = (MessageJournaledGrain<TState>)ActivatorUtilities.CreateInstance(ServiceProvider, GetType());
        beside.Attach();
        await beside.Kernel.RecoverAsync(options, cancellationToken).ConfigureAwait(true);
        return new PastState<TState>(beside.State, beside.Version, beside.Kernel.LastRecorded);
    }
}
