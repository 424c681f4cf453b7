using Orleans.Persist.Embedded.Files;
using Orleans.Persist.Embedded.Format;
using Orleans.Persist.Embedded.Segments;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Embedded.Reading;

/// <summary>Goes through the records of a segment in the order of the file and checks each.</summary>
/// <param name="file">The segment's file.</param>
/// <param name="name">Its name, for messages.</param>
/// <param name="start">The offset of a record.</param>
/// <param name="end">Where to stop.</param>
/// <param name="keep">Whether records are to stay valid after the next step: then buffers are not used again.</param>
internal sealed class RecordScanner(IStorageFile file, string name, long start, long end, bool keep)
{
    // Below the size from which the runtime puts arrays on the large object heap, where they would be collected late.
    private const int KeptChunk = 80_000;
    private const int ReusedChunk = 1 << 20;
    private byte[] _buffer = [];
    private long _bufferOffset = start;
    private int _at;
    private int _filled;

    /// <summary>The offset of the current record; behind the last one, or at the bad bytes, when there is none.</summary>
    public long Offset { get; private set; } = start;

    public RecordView Current { get; private set; }

    /// <summary>What is wrong at <see cref="Offset"/>, once <see cref="TryNext"/> has stopped before the end.</summary>
    public string? Damage { get; private set; }

    /// <summary>Goes to the next record; false at the end or at bytes that are no record.</summary>
    public bool TryNext()
    {
        Offset = _bufferOffset + _at;
        if (Offset >= end)
            return false;
        if (!Fill(RecordHeader.Length))
            return Stop("the bytes left are too few for a record");
        var head = _buffer.AsSpan(_at);
        if (!RecordHeader.IsPlausible(head))
            return Stop("no record begins here");
        var length = RecordHeader.LengthOf(head);
        if (!Fill(length))
            return Stop($"a record of {length} bytes reaches beyond the end");
        var record = _buffer.AsMemory(_at, length);
        if (!RecordHeader.Checks(record.Span))
            return Stop($"the checksum of a record of {length} bytes does not match");
        Current = new RecordView(record);
        _at += length;
        return true;
    }

    /// <summary>Goes to the next record; false at the end.</summary>
    /// <exception cref="JournalDamagedException">There are bytes that are no record.</exception>
    public bool Next()
    {
        if (TryNext())
            return true;
        return Damage is null ? false : throw new JournalDamagedException(Damage, $"{name} at offset {Offset}");
    }

    /// <summary>Starts again at another offset, to look for records behind damage.</summary>
    public void Restart(long offset)
    {
        (_bufferOffset, _at, _filled, Damage) = (offset, 0, 0, null);
        Offset = offset;
    }

    /// <summary>The offset of the first whole record at or behind <paramref name="from"/> that meets a condition, or -1.</summary>
    public static long FindRecord(IStorageFile file, long from, long end, Func<ReadOnlyMemory<byte>, bool> condition)
    {
        const int Step = 1 << 20;
        var buffer = new byte[Step + RecordHeader.Length];
        for (var offset = from; offset + RecordHeader.Length <= end; offset += Step)
        {
            var read = file.Read(offset, buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - offset)));
            for (var i = 0; i + RecordHeader.Length <= read && i < Step; i++)
            {
                var head = buffer.AsSpan(i, RecordHeader.Length);
                if (!RecordHeader.IsPlausible(head) || RecordHeader.LengthOf(head) > end - offset - i || RecordHeader.FlushedOf(head) > offset + i)
                    continue; // nothing was durable behind its own place when it was written: such bytes are a payload
                var record = new byte[RecordHeader.LengthOf(head)];
                if (file.Read(offset + i, record) == record.Length && RecordHeader.Checks(record) && condition(record))
                    return offset + i;
            }
        }

        return -1;
    }

    /// <summary>Where the zeros begin that a segment being written has ahead of its end; the end itself where there are none.</summary>
    public static long ZerosFrom(IStorageFile file, long from, long end)
    {
        var buffer = new byte[1 << 16];
        for (var behind = end; behind > from;)
        {
            var start = Math.Max(from, behind - buffer.Length);
            var read = file.Read(start, buffer.AsSpan(0, (int)(behind - start)));
            var last = buffer.AsSpan(0, read).LastIndexOfAnyExcept((byte)0);
            if (last >= 0)
                return start + last + 1;
            behind = start;
        }

        return from;
    }

    private bool Stop(string damage)
    {
        Damage = damage;
        return false;
    }

    private bool Fill(int length)
    {
        if (_filled - _at >= length)
            return true;
        var left = _filled - _at;
        if (end - _bufferOffset - _at < length)
            return false;
        var size = (int)Math.Min(Math.Max(length, keep ? KeptChunk : ReusedChunk), end - _bufferOffset - _at);
        var target = !keep && size <= _buffer.Length ? _buffer : GC.AllocateUninitializedArray<byte>(size);
        _buffer.AsSpan(_at, left).CopyTo(target);
        var read = file.ReadOrFail(name, _bufferOffset + _at + left, target.AsSpan(left, size - left));
        (_buffer, _bufferOffset, _at, _filled) = (target, _bufferOffset + _at, 0, left + read);
        return _filled >= length;
    }
}
