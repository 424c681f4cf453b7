using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Orleans.Persist.Bench.Scenarios;

/// <summary>RocksDB's own benchmark with durable writes, where it is installed (Debian: rocksdb-tools).</summary>
internal static partial class RocksDb
{
    /// <summary>Its best rate of three runs, or null where it is not installed.</summary>
    public static async Task<double?> MeasureAsync(string directory, Action<string> log, CancellationToken cancellationToken)
    {
        double? best = null;
        for (var run = 0; run < 3; run++)
        {
            var start = new ProcessStartInfo(
                "db_bench",
                ["--benchmarks=fillseq", "--sync=1", "--value_size=200", "--threads=64", "--num=5000", "--compression_type=none", $"--db={directory}"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            };
            Process process;
            try
            {
                process = Process.Start(start)!;
            }
            catch (Win32Exception)
            {
                log("RocksDB's db_bench is not installed (Debian: rocksdb-tools): no comparison with it.");
                return null;
            }

            using (process)
            {
                var errors = process.StandardError.ReadToEndAsync(cancellationToken);
                var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
                await process.WaitForExitAsync(cancellationToken);
                await errors;
                if (Rate().Match(output) is { Success: true } match)
                    best = Math.Max(best ?? 0, double.Parse(match.Groups["rate"].Value, CultureInfo.InvariantCulture));
            }
        }

        log($"RocksDB: {best:N0} events/s");
        return best;
    }

    [GeneratedRegex(@"fillseq .* (?<rate>[0-9.]+) ops/sec", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Rate();
}
