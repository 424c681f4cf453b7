using System.Diagnostics;
using System.Globalization;

namespace TradingFloor;

/// <summary>This program, started as a child that kills itself when it reaches a place.</summary>
internal static class ChildRun
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(90);

    /// <summary>Runs a child to a place, where it is killed, or to its end.</summary>
    /// <returns>What it has rebuilt at first.</returns>
    public static async Task<RebuildStory> RunAsync(string directory, FloorPlan plan, KillPlace? killAt, Action<RebuildStory> began, Action<int> progress, CancellationToken cancellationToken)
    {
        using var process = Start(directory, plan, killAt);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        RebuildStory? rebuilt = null;
        try
        {
            while (await process.StandardOutput.ReadLineAsync(cancellationToken).AsTask().WaitAsync(Silence, cancellationToken) is { } line)
            {
                var words = line.Split(' ');
                if (words[0] == Child.Rebuilt)
                {
                    began(rebuilt = Parse(words));
                    continue;
                }

                progress(int.Parse(line, CultureInfo.InvariantCulture));
            }

            await process.WaitForExitAsync(cancellationToken).WaitAsync(Silence, cancellationToken);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }

        if (rebuilt is null || await errors is not "" || process.ExitCode == 0 != killAt is null)
            throw new FloorException($"The child ended with exit code {process.ExitCode}{(killAt is null ? "" : "; it was to be killed")}. {await errors}");
        return rebuilt;
    }

    private static Process Start(string directory, FloorPlan plan, KillPlace? killAt)
    {
        var program = Environment.ProcessPath ?? throw new FloorException("The path of this program is not known, so it cannot start itself as a child.");
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase))
            start.ArgumentList.Add(typeof(ChildRun).Assembly.Location);
        foreach (var argument in (string[])["--child", directory, "--actors", $"{plan.Actors}", "--ticks", $"{plan.Ticks}", "--kills", "1"])
            start.ArgumentList.Add(argument);
        if (killAt is { } place)
        {
            start.ArgumentList.Add("--kill-at");
            start.ArgumentList.Add(place.ToString());
        }

        return Process.Start(start) ?? throw new FloorException($"'{program}' could not be started.");
    }

    private static RebuildStory Parse(string[] words) => new(
        int.Parse(words[1], CultureInfo.InvariantCulture),
        int.Parse(words[2], CultureInfo.InvariantCulture),
        long.Parse(words[3], CultureInfo.InvariantCulture),
        int.Parse(words[4], CultureInfo.InvariantCulture),
        double.Parse(words[5], CultureInfo.InvariantCulture));
}
