using System.Diagnostics;
using System.Text.Json;

namespace Orleans.Persist.Docs.Tests;

/// <summary>The benchmark of the talk's case, at a small scale: it rebuilds the same states as a bare loop, or it fails.</summary>
public sealed class BenchTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [Fact]
    [Trait("Requirement", "m.8")]
    public async Task The_talks_case_runs_and_rebuilds_what_a_bare_loop_does()
    {
        var bench = Path.Combine(AppContext.BaseDirectory.Replace(Path.Combine("tests", "Docs.Tests"), "bench", StringComparison.Ordinal), "bench.dll");
        var directory = Directory.CreateTempSubdirectory("bench-").FullName;
        try
        {
            var start = new ProcessStartInfo("dotnet", [bench, "rebuild", "--json", "--scale", "0.004"]) { UseShellExecute = false, WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true };
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync().WaitAsync(Limit);
            await process.WaitForExitAsync().WaitAsync(Limit);

            Assert.True(process.ExitCode == 0, await errors);
            using var figures = JsonDocument.Parse(output.TrimEnd().Split('\n')[^1]);
            Assert.InRange(figures.RootElement.GetProperty("messages").GetInt64(), 15_000, 25_000);
            foreach (var figure in (string[])["rebuild_s", "messages_per_s", "speedup_over_talk", "ratio_to_bare", "rebuild_snapshot_s", "log_bytes"])
                Assert.InRange(figures.RootElement.GetProperty(figure).GetDouble(), double.Epsilon, double.MaxValue);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
