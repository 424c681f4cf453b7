using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Orleans.Persist.Embedded.Files;

/// <summary>The flushes that the class library does not offer: of file data without needless metadata, and of a directory's entries.</summary>
internal static partial class PosixFlush
{
    private const int ReadOnlyDirectory = 0x10000 | 0x80000; // O_RDONLY | O_DIRECTORY | O_CLOEXEC on Linux

    /// <summary>Puts a file's data, and the metadata needed to read it, on the device.</summary>
    public static void Data(SafeFileHandle handle)
    {
        if (!OperatingSystem.IsLinux())
            RandomAccess.FlushToDisk(handle);
        else if (FlushData(handle) != 0)
            throw Failure("fdatasync");
    }

    /// <summary>Puts a directory's entries on the device. File systems other than Linux' journal them by themselves.</summary>
    public static void Directory(string path)
    {
        if (!OperatingSystem.IsLinux())
            return;
        var descriptor = Open(path, ReadOnlyDirectory);
        if (descriptor < 0)
            throw Failure($"open {path}");
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (Flush(handle) != 0)
            throw Failure($"fsync {path}");
    }

    private static IOException Failure(string what)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"{what}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FlushData(SafeFileHandle descriptor);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Flush(SafeFileHandle descriptor);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);
}
