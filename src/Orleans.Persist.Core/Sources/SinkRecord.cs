namespace Orleans.Persist.Sources;

/// <summary>What a source has durably noted of one sink.</summary>
internal sealed record SinkRecord
{
    // The record is part of every checkpoint, which must fit into one append, whatever text an exception brings.
    private const int LongestError = 1_000;

    public required string Name { get; init; }

    /// <summary>Who runs it, or ran it last. Changes by others no longer count.</summary>
    public string Runner { get; init; } = "";

    /// <summary>The last of the runner's changes that counts.</summary>
    public long Sequence { get; init; }

    /// <summary>Where the sink can be reached, on a cluster.</summary>
    public string? Address { get; init; }

    /// <summary>The incarnation (of a volatile source: the run) that the versions below are of.</summary>
    public int Incarnation { get; init; }

    /// <summary>The last version its state covered when it was last registered.</summary>
    public long Registered { get; init; }

    /// <summary>The highest number given to an export, good or not.</summary>
    public long LastNumber { get; init; }

    /// <summary>The export that has begun and not ended, 0 for none.</summary>
    public long RunningNumber { get; init; }

    public long RunningVersion { get; init; }

    /// <summary>The last good export.</summary>
    public long ExportNumber { get; init; }

    /// <summary>The versions of the last good exports, as many as the snapshot store keeps, oldest first.</summary>
    public IReadOnlyList<long> ExportedVersions { get; init; } = [];

    public DateTimeOffset? LastExport { get; init; }

    public long Exports { get; init; }

    public long FailedExports { get; init; }

    public string? LastError
    {
        get;
        init => field = value?.Length > LongestError ? value[..LongestError] + '…' : value;
    }

    public long ExportedVersion => ExportedVersions.Count == 0 ? 0 : ExportedVersions[^1];

    /// <summary>The record after a change; null where that does not count: it is known already, or its runner is not the sink's any longer.</summary>
    public SinkRecord? With(SinkChange change, DateTimeOffset time, int keep)
    {
        if (change.Kind is SinkChangeKind.SinkImported or SinkChangeKind.SinkNotStarted)
        {
            if (change.Runner == Runner && change.Sequence <= Sequence)
                return null;
        }
        else if (change.Runner != Runner || change.Sequence <= Sequence)
        {
            return null;
        }

        var next = change.Kind is SinkChangeKind.SinkNotStarted ? this : this with { Runner = change.Runner, Sequence = change.Sequence };
        return change.Kind switch
        {
            SinkChangeKind.SinkImported => next.Settled(change, time, keep) with { Address = change.Address ?? Address },
            SinkChangeKind.SinkRegistered => next with { Incarnation = change.Incarnation, Registered = change.Version },
            SinkChangeKind.ExportStarted => next with { LastNumber = LastNumber + 1, RunningNumber = LastNumber + 1, RunningVersion = change.Version },
            SinkChangeKind.ExportSucceeded => next.Succeeded(change.Incarnation, change.Version, time, keep),
            SinkChangeKind.ExportFailed => next.Failed(change.Error!),
            SinkChangeKind.SinkStopped => next with { LastError = change.Error ?? LastError },
            SinkChangeKind.SinkNotStarted => next with { LastError = change.Error, Address = change.Address ?? Address },
            _ => throw new ArgumentOutOfRangeException(nameof(change), change.Kind, "No such change."),
        };
    }

    /// <summary>An export that was running when the one who ran it ended: what the store holds says how it went.</summary>
    private SinkRecord Settled(SinkChange change, DateTimeOffset time, int keep)
    {
        if (RunningNumber == 0)
            return this;
        return change.Found && change.Version == RunningVersion && RunningVersion > ExportedVersion
            ? Succeeded(change.Incarnation, change.Version, time, keep)
            : Failed($"Export {RunningNumber} of version {RunningVersion} had not ended when the sink's process did.");
    }

    private SinkRecord Succeeded(int incarnation, long version, DateTimeOffset time, int keep) => this with
    {
        Incarnation = incarnation,
        ExportNumber = RunningNumber,
        RunningNumber = 0,
        ExportedVersions = [.. (incarnation == Incarnation ? ExportedVersions : []).Append(version).TakeLast(keep)],
        LastExport = time,
        Exports = Exports + 1,
        LastError = null,
    };

    private SinkRecord Failed(string error) => this with { RunningNumber = 0, FailedExports = FailedExports + 1, LastError = error };
}
