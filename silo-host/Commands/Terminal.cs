using Microsoft.Win32.SafeHandles;
using Spectre.Console;

namespace Orleans.Persist.SiloHost.Commands;

/// <summary>Where people read: tables on standard output, progress and remarks on standard error.</summary>
internal static class Terminal
{
    private const int PipedWidth = 160;
    private const int BrokenPipe = 32;

    /// <summary>Standard output.</summary>
    public static IAnsiConsole Out { get; } = Create(Console.Out, Console.IsOutputRedirected);

    /// <summary>Standard error.</summary>
    public static IAnsiConsole Error { get; } = Create(Console.Error, Console.IsErrorRedirected);

    /// <summary>Standard output as bytes, whose writes fail when nobody reads any more (those of the console's own stream don't).</summary>
    public static Stream OpenOutput()
    {
        if (OperatingSystem.IsWindows())
            return Console.OpenStandardOutput();
        var pipe = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        if (!pipe.CanSeek)
            return pipe;

        // A file's offset is shared with whoever else writes to it: only the console's stream moves it on.
        pipe.Dispose();
        return Console.OpenStandardOutput();
    }

    /// <summary>Whether writing failed because the reader has gone, as with <c>| head</c>.</summary>
    public static bool IsBrokenPipe(IOException e) => (e.HResult & 0xFFFF) == BrokenPipe;

    private static IAnsiConsole Create(TextWriter writer, bool redirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
            Out = new AnsiConsoleOutput(writer),
        });
        if (redirected)
            console.Profile.Width = PipedWidth;
        return console;
    }
}
