using Orleans.Persist.Embedded.Attributes;
using Orleans.Persist.Embedded.Files;
using Orleans.Persist.Embedded.Format;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Embedded.Segments;

/// <summary>One file of the log with its index. Only the newest segment is written to.</summary>
internal sealed class Segment(SegmentName name, SegmentHeader header, IStorageFile file, ISegmentIndex index, long length, long nextPosition, long recorded)
{
    private readonly string _log = name.Log;
    private ISegmentIndex _index = index;
    private long _length = length;
    private int _leases = 1;

    public SegmentName Name { get; } = name;

    public SegmentHeader Header { get; } = header;

    public IStorageFile File { get; } = file;

    /// <summary>The bytes that count: what is behind them is not durable, or left of a failed write.</summary>
    public long Length
    {
        get => Volatile.Read(ref _length);
        set => Volatile.Write(ref _length, value);
    }

    public ISegmentIndex Index
    {
        get => Volatile.Read(ref _index);
        set => Volatile.Write(ref _index, value);
    }

    /// <summary>The position of the first event behind this segment.</summary>
    public long NextPosition { get; set; } = nextPosition;

    /// <summary>The newest recorded time in it, in ticks.</summary>
    public long Recorded { get; set; } = recorded;

    /// <summary>Whether nothing more is written to it.</summary>
    public bool Sealed => Index is FileIndex;

    /// <summary>Where the segment's events are found by their attributes.</summary>
    public SegmentAttributes Attributes { get; } = new();

    /// <summary>Reads as <see cref="IStorageFile.Read"/> does.</summary>
    /// <exception cref="JournalUnavailableException">The storage fails.</exception>
    public int Read(long offset, Span<byte> buffer) => File.ReadOrFail(_log, offset, buffer);

    /// <summary>Keeps the file open until <see cref="Release"/>; false where it is closed already.</summary>
    public bool TryAcquire()
    {
        for (var leases = Volatile.Read(ref _leases); leases > 0; leases = Volatile.Read(ref _leases))
        {
            if (Interlocked.CompareExchange(ref _leases, leases + 1, leases) == leases)
                return true;
        }

        return false;
    }

    /// <summary>Gives back what <see cref="TryAcquire"/> took; the set gives back the first one when the segment is replaced or the journal closed.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _leases) != 0)
            return;
        File.Dispose();
        (Index as IDisposable)?.Dispose();
        Attributes.Dispose();
    }

    public override string ToString() => Name.Log;
}
