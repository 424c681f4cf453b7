using System.Buffers;

namespace Orleans.Persist.Scopes;

/// <summary>Compacts the log of a partition: appends what still counts of its old events anew, a piece at a time between the writer's own events, and then truncates those.</summary>
/// <remarks>Nothing is read for it: what counts is in memory. It begins where half of the log is garbage, so a byte is written twice on average at most.</remarks>
internal sealed class ScopeCompactor(ScopePartition partition, ScopeLog log, ScopeClock clock, ScopedStoreOptions options)
{
    private const int MostBytesAtOnce = 128 << 10;
    private const long LeastGarbage = 64 << 10;
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(10);
    private readonly ArrayBufferWriter<byte> _records = new();
    private readonly List<(int Index, long Version)> _collected = [];
    private long _last = clock.Time.GetTimestamp();
    private long _failed;
    private long _below;
    private long _dead;
    private int _cursor;

    /// <summary>Whether there is something to do.</summary>
    public bool IsDue => _below > 0 ? !IsBarred : (HasGarbage || IsTime) && !IsBarred;

    private bool HasGarbage
    {
        get
        {
            var live = partition.RecordBytes;
            return log.Bytes - live > Math.Max(live, LeastGarbage);
        }
    }

    private bool IsTime => partition.Dead != _dead && clock.Time.GetElapsedTime(_last) >= options.CompactInterval;

    private bool IsBarred => _failed != 0 && clock.Time.GetElapsedTime(_failed) < AfterFailure;

    /// <summary>Does a piece of the work. The log is not in doubt.</summary>
    public async ValueTask StepAsync()
    {
        if (_below == 0)
        {
            (_below, _cursor, _dead) = (log.Version + 1, 0, partition.Dead);
            log.BeginRewrite();
        }

        _records.ResetWrittenCount();
        _collected.Clear();
        var more = partition.Collect(_below, ref _cursor, MostBytesAtOnce, _records, _collected);
        if (_collected.Count > 0)
            partition.Moved(_collected, await log.AppendAsync(_records.WrittenMemory).ConfigureAwait(false));
        if (more)
            return;
        await log.TruncateAsync(_below).ConfigureAwait(false);
        (_below, _failed, _last) = (0, 0, clock.Time.GetTimestamp());
    }

    /// <summary>Begins anew some time after a failure. What was appended anew counts like the rest of the log.</summary>
    public void GiveUp() => (_below, _failed) = (0, Math.Max(1, clock.Time.GetTimestamp()));
}
