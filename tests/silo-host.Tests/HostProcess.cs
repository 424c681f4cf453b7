using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Orleans.Persist.SiloHost.Tests;

/// <summary>The program itself, as a process of its own.</summary>
internal sealed partial class HostProcess : IDisposable
{
    private const int SigTerm = 15;
    private readonly Process _process;
    private readonly Task<string> _errors;

    private HostProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    public static TimeSpan Timeout { get; } = TimeSpan.FromMinutes(3);

    /// <summary>The bytes of memory that it takes now.</summary>
    public long WorkingSet
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    public StreamReader Output => _process.StandardOutput;

    public StreamWriter Input => _process.StandardInput;

    public static HostProcess Start(string directory, params string[] arguments) => Start(directory, new Dictionary<string, string>(), arguments);

    /// <summary>Starts it with settings in its environment.</summary>
    public static HostProcess Start(string directory, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "silo-host.dll") },
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new HostProcess(Process.Start(start)!);
    }

    /// <summary>Runs to the end without input.</summary>
    public static Task<(int ExitCode, string Output, string Errors)> RunAsync(string directory, params string[] arguments) => RunAsync(directory, Timeout, arguments);

    /// <summary>Runs to the end without input, for no longer than is said.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string directory, TimeSpan timeout, params string[] arguments)
    {
        using var host = Start(directory, arguments);
        host.Input.Close();
        return await host.EndAsync(timeout);
    }

    /// <param name="timeout">For what takes long by its nature.</param>
    public async Task<(int ExitCode, string Output, string Errors)> EndAsync(TimeSpan? timeout = null)
    {
        var output = await Output.ReadToEndAsync().WaitAsync(timeout ?? Timeout);
        var (exitCode, errors) = await ExitAsync();
        return (exitCode, output, errors);
    }

    /// <summary>Waits for the end without reading what it prints.</summary>
    public async Task<(int ExitCode, string Errors)> ExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Timeout);
        return (_process.ExitCode, await _errors.WaitAsync(Timeout));
    }

    public void Kill() => _process.Kill();

    /// <summary>SIGTERM, which asks for a stop in order.</summary>
    public void Terminate() => Assert.Equal(0, SendSignal(_process.Id, SigTerm));

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int process, int signal);
}
