namespace Orleans.Persist.Embedded;

/// <summary>How the embedded storage works.</summary>
public sealed class EmbeddedOptions
{
    /// <summary>After so many bytes a segment is closed and the next one begun. 64 KiB to 512 MiB; default 64 MiB. Bounds the time to open after a crash, which reads one segment.</summary>
    public long SegmentBytes { get; set; } = 64L << 20;

    /// <summary>How many of a stream's newest events an append with ids is compared with. 1 to 65,536; default 512. 4 bytes of memory each, for streams in use.</summary>
    public int IdWindow { get; set; } = 512;

    /// <summary>How many streams are held ready in memory. 16 or more; default 100,000. Others are looked up in the segments' indexes when they are used.</summary>
    public int CachedStreams { get; set; } = 100_000;

    /// <summary>How many snapshots of an owner are kept. 1 or more; default 3.</summary>
    public int KeepSnapshots { get; set; } = 3;

    /// <summary>Whether the space of truncated and deleted events is given back in the background. Default true.</summary>
    public bool CompactInBackground { get; set; } = true;

    /// <summary>
    /// While the device's flushes are on average shorter than this, an append that finds nothing else in flight is flushed on its caller's thread:
    /// that is sooner done than waking another thread twice. <see cref="TimeSpan.Zero"/> never does; at most 10 ms; default 200 µs.
    /// </summary>
    public TimeSpan FlushOnCallerBelow { get; set; } = TimeSpan.FromMicroseconds(200);

    /// <summary>
    /// Whether single events of complete segments are read through memory mapped to their files, where the operating system allows it: several times as quick as a call of the system for each.
    /// A sector that cannot be read then ends the process, instead of failing the read. Default true. Reading many events in order, as rebuilding and verifying do, always goes through the file.
    /// </summary>
    public bool MapFiles { get; set; } = true;

    /// <summary>How long closing waits for appends in flight to be durable. At most 1 hour; default 30 seconds.</summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Told of what goes wrong in the background (writing an index, compaction): nothing is lost by it, but space is not given back. Not called concurrently for one log.</summary>
    public Action<Exception>? OnBackgroundError { get; set; }

    /// <summary>A stream with fewer events in a segment is not indexed by attributes there, and a filtered read of fewer versions looks at all of them. Small in tests only.</summary>
    internal int IndexStreamsFrom { get; set; } = 256;

    /// <summary>Throws where an option is out of range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is; the message names it.</exception>
    public void Validate()
    {
        Require(SegmentBytes is >= 64 << 10 and <= 512L << 20, nameof(SegmentBytes), SegmentBytes, "64 KiB to 512 MiB");
        Require(IdWindow is >= 1 and <= 65_536, nameof(IdWindow), IdWindow, "1 to 65,536");
        Require(CachedStreams >= 16, nameof(CachedStreams), CachedStreams, "16 or more");
        Require(KeepSnapshots >= 1, nameof(KeepSnapshots), KeepSnapshots, "1 or more");
        Require(FlushOnCallerBelow >= TimeSpan.Zero && FlushOnCallerBelow <= TimeSpan.FromMilliseconds(10), nameof(FlushOnCallerBelow), FlushOnCallerBelow, "0 to 10 ms");
        Require(CloseTimeout > TimeSpan.Zero && CloseTimeout <= TimeSpan.FromHours(1), nameof(CloseTimeout), CloseTimeout, "above 0 and at most 1 hour");
    }

    private static void Require(bool met, string name, object value, string range)
    {
        if (!met)
            throw new ArgumentOutOfRangeException(name, value, $"{nameof(EmbeddedOptions)}.{name} must be {range}.");
    }
}
