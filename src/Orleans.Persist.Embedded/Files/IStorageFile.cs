namespace Orleans.Persist.Embedded.Files;

/// <summary>An open file of the embedded storage: the seam at which the TestKit injects faults.</summary>
/// <remarks>Reads may run concurrently with each other and with one writer. Anything that fails throws <see cref="IOException"/>.</remarks>
public interface IStorageFile : IDisposable
{
    /// <summary>The file's length in bytes.</summary>
    long Length { get; }

    /// <summary>Reads at an offset and returns how many bytes were read: as many as were asked for, fewer only at the file's end.</summary>
    int Read(long offset, Span<byte> buffer);

    /// <summary>Writes all bytes at an offset, extending the file where needed. After a failure any part of them may have been written.</summary>
    void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Completes once everything written is on the device. After a failure nothing is known about what was written since the last success.</summary>
    void Flush();

    /// <summary>Cuts the file off, or extends it with zeros.</summary>
    void SetLength(long length);

    /// <summary>Says that the file is complete and is not written to any more: short reads may be answered from memory mapped to it. Does nothing by default.</summary>
    void Map()
    {
    }
}
