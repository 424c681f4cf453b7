using Orleans.Persist.Journal;

namespace Orleans.Persist.Sources;

/// <summary>A source's ledger, from where its sinks run.</summary>
/// <param name="source">The source.</param>
/// <param name="name">Its name.</param>
/// <param name="limit">How long a change is told again while the source cannot be reached. Told twice, it takes effect once.</param>
/// <param name="time">The clock.</param>
internal sealed class GrainLedger(ISourceControl source, string name, TimeSpan limit, TimeProvider time) : ISinkLedger
{
    /// <inheritdoc/>
    public int Run { get; private set; }

    /// <summary>Learns which run of a volatile source this is.</summary>
    public async ValueTask OpenAsync(CancellationToken cancellationToken) =>
        Run = await CallAsync(source.GetRun, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public ValueTask<SinkRecord> ChangeAsync(SinkChange change, CancellationToken cancellationToken = default) =>
        new(CallAsync(() => source.Change(change), cancellationToken));

    private Task<T> CallAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken) =>
        GrainCall.RepeatAsync(call, limit, time, $"Source '{name}' cannot note what happens to its sinks", cancellationToken);
}
