using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace Orleans.Persist.Embedded.Files;

/// <summary>A complete file mapped into memory: a short read of it costs no call of the system.</summary>
internal sealed unsafe class FileMapping : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly SafeMemoryMappedViewHandle _handle;
    private readonly byte* _start;
    private readonly long _length;

    public FileMapping(SafeFileHandle handle)
    {
        _length = RandomAccess.GetLength(handle);
        _file = MemoryMappedFile.CreateFromFile(handle, mapName: null, capacity: 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        _view = _file.CreateViewAccessor(0, _length, MemoryMappedFileAccess.Read);
        _handle = _view.SafeMemoryMappedViewHandle;
        _handle.AcquirePointer(ref _start); // given back on disposal: until then every read finds the bytes at this place
    }

    /// <summary>Copies bytes; false where not all of them are in the mapping.</summary>
    /// <exception cref="ObjectDisposedException">The mapping is no longer there.</exception>
    public bool TryRead(long offset, Span<byte> destination)
    {
        if (offset < 0 || offset > _length - destination.Length)
            return false;
        var held = false;
        try
        {
            _handle.DangerousAddRef(ref held);
            new ReadOnlySpan<byte>(_start + offset, destination.Length).CopyTo(destination);
            return true;
        }
        finally
        {
            if (held)
                _handle.DangerousRelease();
        }
    }

    public void Dispose()
    {
        if (_handle.IsClosed)
            return;
        _handle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
