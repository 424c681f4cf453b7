using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Orleans.Persist.Embedded.Files;

/// <summary>The flushes that the class library does not offer: of file data without needless metadata, and of a directory's entries.</summary>
internal static partial class PosixFlush
{
    private const int ReadOnly = 0x80000; // O_RDONLY | O_CLOEXEC on Linux, whatever the processor
    private const int Interrupted = 4;

    /// <summary>Puts a file's data, and the metadata needed to read it, on the device.</summary>
    public static void Data(SafeFileHandle handle)
    {
        if (!OperatingSystem.IsLinux())
            RandomAccess.FlushToDisk(handle);
        else
        {
            while (FlushData(handle) != 0)
                ThrowUnlessInterrupted("fdatasync");
        }
    }

    /// <summary>Puts a directory's entries on the device. File systems other than Linux' journal them by themselves.</summary>
    public static void Directory(string path)
    {
        if (!OperatingSystem.IsLinux())
            return;
        var descriptor = Open(path, ReadOnly);
        if (descriptor < 0)
            throw Failure($"open {path}");
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        while (Flush(handle) != 0)
            ThrowUnlessInterrupted($"fsync {path}");
    }

    private static void ThrowUnlessInterrupted(string what)
    {
        if (Marshal.GetLastPInvokeError() != Interrupted)
            throw Failure(what);
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
