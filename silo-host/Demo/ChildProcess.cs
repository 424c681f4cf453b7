using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;

namespace Orleans.Persist.SiloHost.Demo;

/// <summary>This program, run once more as a process of its own.</summary>
internal sealed class ChildProcess : IDisposable
{
    private const int MaxErrorText = 10_000;
    private readonly Process _process;
    private readonly StringBuilder _errors = new();

    private ChildProcess(Process process)
    {
        _process = process;
        process.ErrorDataReceived += (_, line) => AddError(line.Data);
        process.BeginErrorReadLine();
    }

    /// <summary>The process's id.</summary>
    public int Id => _process.Id;

    /// <summary>How it ended.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>What it wrote to standard error.</summary>
    public string Errors
    {
        get
        {
            lock (_errors)
                return _errors.ToString().Trim();
        }
    }

    /// <summary>Starts this program with other arguments.</summary>
    public static ChildProcess Start(IEnumerable<string> arguments)
    {
        var program = Environment.ProcessPath ?? throw new CommandException("the path of this program is not known, so it cannot start itself as a child.");
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase))
            start.ArgumentList.Add(typeof(ChildProcess).Assembly.Location);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return new ChildProcess(Process.Start(start) ?? throw new CommandException($"'{program}' could not be started."));
    }

    /// <summary>Reads what it says, until it ends. Between two messages at most <paramref name="timeout"/> may pass.</summary>
    /// <exception cref="CommandException">It says nothing for too long.</exception>
    public async IAsyncEnumerable<ChildMessage> ReadAsync(TimeSpan timeout, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await ReadLineAsync(timeout, cancellationToken) is { } line)
            yield return ChildMessage.Parse(line);
        await _process.WaitForExitAsync(cancellationToken).WaitAsync(timeout, cancellationToken);
    }

    /// <summary>Writes a line to its standard input.</summary>
    public void Tell(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    /// <summary>Ends its standard input, which asks it to stop in order.</summary>
    public void CloseInput() => _process.StandardInput.Close();

    /// <summary>SIGKILL: nothing in the process runs any more.</summary>
    public void Kill() => _process.Kill();

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    private async Task<string?> ReadLineAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            return await _process.StandardOutput.ReadLineAsync(cancellationToken).AsTask().WaitAsync(timeout, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new CommandException($"the child process {Id} has said nothing for {timeout}. {Errors}");
        }
    }

    private void AddError(string? line)
    {
        lock (_errors)
        {
            if (line is not null && _errors.Length < MaxErrorText)
                _errors.AppendLine(line);
        }
    }
}
