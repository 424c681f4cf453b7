using System.Diagnostics;

namespace Orleans.Persist.Azurite;

/// <summary>The pinned Azurite in <c>tests/azurite</c>, installed from its lock file when it is first needed.</summary>
internal static class AzuritePackage
{
    private static readonly TimeSpan InstallTimeout = TimeSpan.FromMinutes(10);

    /// <summary>Why Azurite cannot run here, or null where it can.</summary>
    public static string? Missing =>
        FindDirectory() is null ? "Azurite is not there: tests/azurite is not found above this program."
        : !IsOnPath("node") || !IsOnPath("npm") ? "Azurite cannot run: Node.js (node and npm) is not on the path."
        : null;

    /// <summary>Installs it where that has not been done since the lock file changed.</summary>
    /// <returns>The directory it is in.</returns>
    /// <exception cref="InvalidOperationException">Node.js is missing, or npm failed; the message says how.</exception>
    public static async Task<string> InstallAsync(CancellationToken cancellationToken)
    {
        if (Missing is { } missing)
            throw new InvalidOperationException(missing);
        var directory = FindDirectory()!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(InstallTimeout);
        await using var held = await LockAsync(directory, limit.Token).ConfigureAwait(false);
        var mark = Path.Combine(directory, "node_modules", ".installed");
        var wanted = await File.ReadAllTextAsync(Path.Combine(directory, "package-lock.json"), limit.Token).ConfigureAwait(false);
        if (File.Exists(mark) && await File.ReadAllTextAsync(mark, limit.Token).ConfigureAwait(false) == wanted)
            return directory;
        await NpmAsync(directory, limit.Token).ConfigureAwait(false);
        await File.WriteAllTextAsync(mark, wanted, limit.Token).ConfigureAwait(false);
        return directory;
    }

    private static async Task NpmAsync(string directory, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(OperatingSystem.IsWindows() ? "npm.cmd" : "npm") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = directory };
        foreach (var argument in new[] { "ci", "--ignore-scripts", "--no-audit", "--no-fund" })
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start) ?? throw new InvalidOperationException("npm could not be started.");
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = await process.StandardError.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
            await output.ConfigureAwait(false);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            if (process.ExitCode != 0)
                throw new InvalidOperationException($"Azurite could not be installed: 'npm ci' in tests/azurite failed with {process.ExitCode}: {error.Trim()}");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>One process at a time installs.</summary>
    private static async Task<FileStream> LockAsync(string directory, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream(Path.Combine(directory, "node_modules.lock"), FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            }
            catch (IOException)
            {
                await Task.Delay(100, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static string? FindDirectory()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            var directory = Path.Combine(at.FullName, "tests", "azurite");
            if (File.Exists(Path.Combine(directory, "package-lock.json")))
                return directory;
        }

        return null;
    }

    private static bool IsOnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Any(directory => new[] { "", ".exe", ".cmd" }.Any(extension => File.Exists(Path.Combine(directory, program + extension))));
}
