namespace Orleans.Persist.Sources;

/// <summary>Where a sink tells what happens to it: its source's ledger, in this process or elsewhere.</summary>
internal interface ISinkLedger
{
    /// <summary>How often a volatile source has been started.</summary>
    int Run { get; }

    /// <summary>Notes a change and returns what is known of the sink then. What cannot be stored now is stored with a later change.</summary>
    ValueTask<SinkRecord> ChangeAsync(SinkChange change, CancellationToken cancellationToken = default);
}
