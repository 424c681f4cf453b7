using System.Diagnostics;

namespace Orleans.Persist.Web.Tests.Grpc;

/// <summary>A test that needs <c>@grpc/grpc-js</c>; skipped, with the reason, where Node.js is missing or npm cannot install it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class GrpcJsFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Reason = new(Install);

    public GrpcJsFactAttribute() => Skip = Reason.Value;

    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "grpc-js");

    /// <summary>Runs <c>npm ci</c> unless what the lock file says is installed.</summary>
    private static string? Install()
    {
        var done = Path.Combine(Folder, "node_modules", ".package-lock.json");
        var wanted = Path.Combine(Folder, "package-lock.json");
        try
        {
            if (!File.Exists(done) || File.GetLastWriteTimeUtc(done) < File.GetLastWriteTimeUtc(wanted))
                Run("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts");
            Run("node", "--version");
            return null;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            return $"@grpc/grpc-js is not there, and npm ci could not install it: {e.Message}";
        }
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = Folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromSeconds(60)))
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"{program} took more than 60 seconds.");
        }

        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {errors.Result} {output.Result}");
    }
}
