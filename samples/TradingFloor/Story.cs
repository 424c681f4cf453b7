using System.Diagnostics;
using TradingFloor.Actors;

namespace TradingFloor;

/// <summary>The undisturbed run, the run that is killed, and the comparison.</summary>
internal sealed class Story(FloorPlan plan, int kills)
{
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private TimeSpan _said;

    public async Task<Report> RunAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("trading-floor-");
        try
        {
            return await RunAsync(Path.Combine(folder.FullName, "undisturbed"), Path.Combine(folder.FullName, "killed"), cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task<Report> RunAsync(string undisturbed, string killed, CancellationToken cancellationToken)
    {
        Say($"undisturbed: {plan.Actors:N0} strategies, {plan.Ticks:N0} ticks");
        Outcome expected;
        await using (var floor = await Floor.OpenAsync(undisturbed, plan, cancellationToken))
        {
            await floor.RunAsync((tick, _) => Progress(tick), cancellationToken);
            expected = await Outcome.OfAsync(floor, cancellationToken); // the live states: nothing of them was ever rebuilt
        }

        var undisturbedTime = _watch.Elapsed;
        var rebuilds = new List<(Step Step, RebuildStory Found)>();
        Step? last = null;
        for (var kill = 1; kill <= kills + 1; kill++)
        {
            (int Tick, Step Step)? killAt = kill > kills ? null : (Math.Max(1, plan.Ticks * kill / (kills + 1)), kill % 2 == 1 ? Step.Quotes : Step.Timers);
            var found = await ChildRun.RunAsync(killed, plan, killAt, Progress, cancellationToken);
            if (last is { } step)
            {
                rebuilds.Add((step, found));
                Say($"  rebuilt {found.Actors:N0} actors in {found.Milliseconds:N0} ms, goes on in tick {found.Tick}; {found.Behind:N0} strategies had not had its quote");
            }

            if (killAt is { } place)
                Say($"killed in tick {place.Tick}, as its {(place.Step == Step.Quotes ? "quotes go out" : "timers fire")}");
            last = killAt?.Step;
        }

        var killedTime = _watch.Elapsed - undisturbedTime;
        Say($"comparing");
        await using var again = await Floor.OpenAsync(killed, plan, cancellationToken);
        var actual = await Outcome.OfAsync(again, cancellationToken);
        return new Report
        {
            Plan = plan,
            Expected = expected,
            Actual = actual,
            Rebuilds = rebuilds,
            Diverged = await CheckAsync(again, cancellationToken),
            UndisturbedTime = undisturbedTime,
            KilledTime = killedTime,
        };
    }

    /// <summary>Runs every strategy's messages through its handler once more, from the first: each has to draw and send what it did.</summary>
    private async Task<int> CheckAsync(Floor floor, CancellationToken cancellationToken)
    {
        var diverged = 0;
        for (var i = 0; i < plan.Actors; i++)
            diverged += await floor.Host.CheckReplayAsync(Strategy.Number(i), cancellationToken) is null ? 0 : 1;
        return diverged;
    }

    private void Progress(int tick)
    {
        if (_watch.Elapsed - _said < TimeSpan.FromSeconds(1))
            return;
        Say($"  tick {tick:N0} of {plan.Ticks:N0}");
    }

    private void Say(FormattableString line)
    {
        _said = _watch.Elapsed;
        Console.Out.WriteLine(FormattableString.Invariant($"{_said.TotalSeconds,5:F1} s  {line.ToString(System.Globalization.CultureInfo.InvariantCulture)}"));
    }
}
