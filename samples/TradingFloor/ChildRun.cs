using System.Diagnostics;
using System.Globalization;

namespace TradingFloor;

/// <summary>This program, started as a child, and killed when it reaches a place.</summary>
internal static class ChildRun
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(90);

    /// <summary>Runs a child to a tick and step and kills it there, or to its end.</summary>
    /// <returns>What it has rebuilt at first.</returns>
    public static async Task<RebuildStory> RunAsync(string directory, FloorPlan plan, (int Tick, Step Step)? killAt, Action<int> progress, CancellationToken cancellationToken)
    {
        using var process = Start(directory, plan);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        RebuildStory? rebuilt = null;
        try
        {
            while (await process.StandardOutput.ReadLineAsync(cancellationToken).AsTask().WaitAsync(Silence, cancellationToken) is { } line)
            {
                var words = line.Split(' ');
                if (words[0] == Child.Rebuilt)
                {
                    rebuilt = Parse(words);
                    continue;
                }

                var (step, tick) = (Enum.Parse<Step>(words[0]), int.Parse(words[1], CultureInfo.InvariantCulture));
                progress(tick);
                if (killAt == (tick, step))
                {
                    process.Kill(); // SIGKILL: nothing in it runs any more
                    await process.WaitForExitAsync(cancellationToken).WaitAsync(Silence, cancellationToken);
                    return rebuilt ?? throw new FloorException("The child did not say what it has rebuilt.");
                }
            }

            await process.WaitForExitAsync(cancellationToken).WaitAsync(Silence, cancellationToken);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }

        if (process.ExitCode != 0 || killAt is not null || rebuilt is null)
            throw new FloorException($"The child ended with exit code {process.ExitCode}{(killAt is null ? "" : ", before it could be killed")}. {await errors}");
        return rebuilt;
    }

    private static Process Start(string directory, FloorPlan plan)
    {
        var program = Environment.ProcessPath ?? throw new FloorException("The path of this program is not known, so it cannot start itself as a child.");
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase))
            start.ArgumentList.Add(typeof(ChildRun).Assembly.Location);
        foreach (var argument in (string[])["--child", directory, "--actors", $"{plan.Actors}", "--ticks", $"{plan.Ticks}", "--kills", "1"])
            start.ArgumentList.Add(argument);
        return Process.Start(start) ?? throw new FloorException($"'{program}' could not be started.");
    }

    private static RebuildStory Parse(string[] words) => new(
        int.Parse(words[1], CultureInfo.InvariantCulture),
        int.Parse(words[2], CultureInfo.InvariantCulture),
        long.Parse(words[3], CultureInfo.InvariantCulture),
        int.Parse(words[4], CultureInfo.InvariantCulture),
        double.Parse(words[5], CultureInfo.InvariantCulture));
}
