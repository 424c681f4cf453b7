namespace Orleans.Persist.Sources;

/// <summary>Numbers what happens to a sink while one runner runs it, and tells it to the source's ledger.</summary>
internal sealed class SinkNotes(ISinkLedger ledger, string sink, string? address)
{
    private readonly string _runner = Guid.NewGuid().ToString("N");
    private long _sequence;

    /// <summary>The next change. Of two that cross on their way, the one that was made later counts.</summary>
    public SinkChange Next(SinkChangeKind kind) =>
        new() { Kind = kind, Sink = sink, Runner = _runner, Sequence = Interlocked.Increment(ref _sequence), Address = address };

    /// <summary>Tells a change.</summary>
    public ValueTask<SinkRecord> NoteAsync(SinkChange change, CancellationToken cancellationToken = default) => ledger.ChangeAsync(change, cancellationToken);
}
