namespace Orleans.Persist.SiloHost.Copy;

/// <summary>What a copy found, did and compared.</summary>
internal sealed class CopyReport
{
    private long _streams;
    private long _events;
    private long _alreadyThere;
    private long _snapshots;
    private long _compared;

    /// <summary>The streams of the source.</summary>
    public long Streams => Volatile.Read(ref _streams);

    /// <summary>Events that were copied.</summary>
    public long Events => Volatile.Read(ref _events);

    /// <summary>Events that an earlier run had copied.</summary>
    public long AlreadyThere => Volatile.Read(ref _alreadyThere);

    /// <summary>Snapshots that were copied.</summary>
    public long Snapshots => Volatile.Read(ref _snapshots);

    /// <summary>Events and snapshots that were compared at the end.</summary>
    public long Compared => Volatile.Read(ref _compared);

    public void Stream(long alreadyThere)
    {
        Interlocked.Increment(ref _streams);
        Interlocked.Add(ref _alreadyThere, alreadyThere);
    }

    public void Copied(int events) => Interlocked.Add(ref _events, events);

    public void Snapshot() => Interlocked.Increment(ref _snapshots);

    public void Same() => Interlocked.Increment(ref _compared);
}
