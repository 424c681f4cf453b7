using System.Diagnostics;

namespace Orleans.Persist.Samples;

/// <summary>A sample, run to its end from where it was built, with its own list of what it needs.</summary>
internal static class SampleProcess
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string sample, params string[] arguments)
    {
        var built = new DirectoryInfo(AppContext.BaseDirectory); // tests/PROJECT/bin/CONFIGURATION/FRAMEWORK
        var program = Path.Combine(built.Parent!.Parent!.Parent!.Parent!.Parent!.FullName, "samples", sample, "bin", built.Parent.Name, built.Name, sample + ".dll");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync().WaitAsync(Limit);
            return (process.ExitCode, await output, await errors);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}
