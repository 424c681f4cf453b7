using Orleans.Persist.Journal;

namespace Orleans.Persist.Processes;

/// <summary>A state cannot be rebuilt: events it needs were truncated, and no readable snapshot covers them.</summary>
public sealed class HistoryTruncatedException(string stream, long needed, long first, string? snapshots)
    : JournalException($"'{stream}' cannot be recovered: it needs event {needed}, the oldest kept is {first}, and no snapshot covers what is missing.{(snapshots is null ? "" : " " + snapshots)}")
{
    /// <summary>The first event that would be needed.</summary>
    public long NeededVersion { get; } = needed;

    /// <summary>The oldest event there is.</summary>
    public long FirstVersion { get; } = first;
}
