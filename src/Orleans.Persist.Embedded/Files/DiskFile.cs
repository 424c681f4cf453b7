using Microsoft.Win32.SafeHandles;

namespace Orleans.Persist.Embedded.Files;

/// <summary>A file on the machine's own file system.</summary>
internal sealed class DiskFile(SafeFileHandle handle) : IStorageFile
{
    // Longer reads gain little by a mapping, and lose the system's reading ahead.
    private const int LongestMappedRead = 32 << 10;
    private FileMapping? _mapping;

    public long Length => RandomAccess.GetLength(handle);

    public int Read(long offset, Span<byte> buffer)
    {
        if (buffer.Length <= LongestMappedRead && Volatile.Read(ref _mapping)?.TryRead(offset, buffer) == true)
            return buffer.Length;
        var total = 0;
        while (total < buffer.Length)
        {
            var read = RandomAccess.Read(handle, buffer[total..], offset + total);
            if (read == 0)
                break;
            total += read;
        }

        return total;
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes) => RandomAccess.Write(handle, bytes, offset);

    public void Flush() => PosixFlush.Data(handle);

    public void SetLength(long length) => RandomAccess.SetLength(handle, length);

    public void Map()
    {
        if (OperatingSystem.IsWindows() || Length == 0 || _mapping is not null)
            return; // Windows would not let compaction remove the file
        try
        {
            var mapping = new FileMapping(handle);
            if (Interlocked.CompareExchange(ref _mapping, mapping, null) is not null)
                mapping.Dispose();
        }
        catch (IOException)
        {
            // The system has no room for it: reads go on through the file.
        }
    }

    public void Dispose()
    {
        _mapping?.Dispose();
        handle.Dispose();
    }
}
