using Microsoft.Extensions.Logging;
using Orleans.Persist.Journal;
using Orleans.Persist.Snapshots;

namespace Orleans.Persist.Sources;

/// <summary>What a source gives each of its sinks to run with.</summary>
internal sealed record SinkContext
{
    public required string Source { get; init; }

    public required EventSourceOptions Options { get; init; }

    /// <summary>The journal with the source's stream: the storage's, or a volatile source's own.</summary>
    public required IJournal Journal { get; init; }

    public required ISnapshotStore Snapshots { get; init; }

    public required ISinkLedger Ledger { get; init; }

    /// <summary>Where its sinks can be reached, on a cluster.</summary>
    public string? Address { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>Called after each good export.</summary>
    public required Func<Task> OnExportedAsync { get; init; }

    public bool IsVolatile => Options.VolatileCapacity > 0;

    /// <summary>The incarnation that exports carry. A volatile source's stream begins anew in each run, so its run counts.</summary>
    public int ExportIncarnation(StreamHead head) => IsVolatile ? Ledger.Run : head.Incarnation;
}
