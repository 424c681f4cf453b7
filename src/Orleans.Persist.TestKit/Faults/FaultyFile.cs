using Orleans.Persist.Embedded.Files;

namespace Orleans.Persist.TestKit.Faults;

/// <summary>An open file of a <see cref="FaultyDisk"/>.</summary>
internal sealed class FaultyFile(FaultyDisk disk, FileNode node, string place, bool writable) : IStorageFile
{
    private bool _closed;

    public long Length
    {
        get
        {
            using var scope = disk.EnterUnchecked();
            ObjectDisposedException.ThrowIf(_closed, this);
            return node.Live.Length;
        }
    }

    public int Read(long offset, Span<byte> buffer)
    {
        using var scope = disk.Enter(StorageOperation.Read, place);
        ObjectDisposedException.ThrowIf(_closed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        return node.Live.Read(offset, buffer);
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        using var scope = disk.Enter(StorageOperation.Write, place, out var fault);
        CheckWritable();
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        var count = Math.Min(bytes.Length, fault?.Keep ?? int.MaxValue);
        var fits = disk.Room(node, offset, count);
        node.Write(offset, bytes[..fits]);
        if (fits < count)
            throw DiskFault.NoSpace(place);
        if (fault is not null)
            throw DiskFault.InputOutput(place);
    }

    public void Flush()
    {
        using var scope = disk.Enter(StorageOperation.Flush, place, out var fault);
        CheckWritable();
        if (fault is null)
        {
            node.Flush();
            return;
        }

        if (!disk.IsOff)
            disk.LoseFlush(node);
        throw DiskFault.InputOutput(place);
    }

    public void SetLength(long length)
    {
        using var scope = disk.Enter(StorageOperation.SetLength, place);
        CheckWritable();
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        node.SetLength(length);
    }

    public void Dispose() => _closed = true;

    private void CheckWritable()
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        if (!writable)
            throw new IOException($"The file was opened for reading : '{place}'");
    }
}
