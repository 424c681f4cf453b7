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
        Say($"killed and rebuilt");
        var rebuilds = new List<(KillPlace Place, RebuildStory Found)>();
        KillPlace? last = null;
        for (var kill = 1; kill <= kills + 1; kill++)
        {
            var killAt = kill > kills ? null : Place(kill);
            var found = await ChildRun.RunAsync(killed, plan, killAt, SayRebuilt, Progress, cancellationToken);
            if (last is not null)
                rebuilds.Add((last, found));
            if (killAt is not null)
                Say($"  killed in tick {killAt.Tick}, {killAt.Messages:N0} messages after its {(killAt.Step == Step.Timers ? "timers began to fire" : "quotes began to go out")}");
            last = killAt;
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

    /// <summary>Spread over the ticks: among the first fired timers, among the quotes, and among the orders and fills that they cause.</summary>
    private KillPlace Place(int kill)
    {
        var tick = Math.Max(1, plan.Ticks * kill / (kills + 1));
        return (kill % 3) switch
        {
            0 => new KillPlace(tick, Step.Timers, 1 + (plan.Actors / 40)),
            1 => new KillPlace(tick, Step.Quotes, plan.Actors / 2),
            _ => new KillPlace(tick, Step.Quotes, plan.Actors * 5 / 4),
        };
    }

    private void SayRebuilt(RebuildStory found)
    {
        if (found.Tick > 0)
            Say($"  rebuilt {found.Actors:N0} actors in {found.Milliseconds:N0} ms, goes on in tick {found.Tick}, with which {found.Unfinished:N0} strategies were not done");
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
