namespace Orleans.Persist.Sources;

/// <summary>What a source has durably noted of one sink.</summary>
internal sealed record SinkRecord
{
    // The record is part of every checkpoint, which must fit into one append, whatever text an exception brings.
    private const int LongestError = 1_000;

    public required string Name { get; init; }

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

    public SinkRecord WithStarted(long version) => this with { LastNumber = LastNumber + 1, RunningNumber = LastNumber + 1, RunningVersion = version };

    public SinkRecord WithSucceeded(int incarnation, long version, DateTimeOffset time, int keep) => this with
    {
        Incarnation = incarnation,
        ExportNumber = RunningNumber,
        RunningNumber = 0,
        ExportedVersions = [.. (incarnation == Incarnation ? ExportedVersions : []).Append(version).TakeLast(keep)],
        LastExport = time,
        Exports = Exports + 1,
        LastError = null,
    };

    public SinkRecord WithFailed(string error) => this with { RunningNumber = 0, FailedExports = FailedExports + 1, LastError = error };
}
