using System.Diagnostics;
using System.Globalization;
using Bank.Accounts;
using Bank.Statements;

namespace Bank;

/// <summary>Two days of a bank whose silo is killed in the middle of transfers, and what has to be true afterwards.</summary>
internal sealed class Story(BankPlan plan, int kills)
{
    private const int Days = 2;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly List<KillStory> _kills = [];
    private TimeSpan _said;

    public async Task<Report> RunAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("bank-");
        try
        {
            return await RunAsync(folder.FullName, cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task<Report> RunAsync(string directory, CancellationToken cancellationToken)
    {
        var closing = default(DateTimeOffset);
        for (var day = 1; ; day++)
        {
            var silo = await DoDayAsync(directory, day, cancellationToken);
            await using (silo)
            {
                if (day == Days)
                {
                    Say($"today is done; looking back");
                    var report = await Report.OfAsync(silo.Grains, plan, closing, _kills, cancellationToken);
                    await silo.StopAsync(cancellationToken);
                    report.Time = _watch.Elapsed;
                    return report;
                }

                closing = new ShiftedClock(Days - day).GetUtcNow();
                Say($"yesterday is done, at {closing.ToString("u", CultureInfo.InvariantCulture)}");
                await silo.StopAsync(cancellationToken); // the statements are exported on the way down
            }
        }
    }

    /// <summary>Carries out a day's orders, over as many lives of the silo as it takes.</summary>
    /// <returns>The silo in its last life, with every payment arrived.</returns>
    private async Task<SiloProcess> DoDayAsync(string directory, int day, CancellationToken cancellationToken)
    {
        var tellers = new Tellers([.. plan.Orders.Where(order => order.Day == day)]);
        var orders = plan.Orders.Count(order => order.Day == day);
        var today = (kills * day / Days) - (kills * (day - 1) / Days);
        for (var life = 1; ; life++)
        {
            var silo = await SiloProcess.StartAsync(directory, Days - day, cancellationToken);
            try
            {
                Say($"day {day}: a silo runs{(life == 1 ? "" : " again")}, {orders - tellers.Answered:N0} orders to go");
                await Task.WhenAll(plan.Accounts.Select(account => OpenAsync(silo, account))).WaitAsync(Limit, cancellationToken);
                var unanswered = await tellers.RunAsync(silo, life > today ? null : orders * life / (today + 1), () => Progress(tellers.Answered), cancellationToken).WaitAsync(Limit, cancellationToken);
                if (tellers.Done)
                {
                    await ArrivedAsync(silo, cancellationToken);
                    return silo;
                }

                await silo.DisposeAsync();
                var kill = new KillStory(day, tellers.Answered, unanswered, await DeadSilo.PaymentsOnTheWayAsync(directory, cancellationToken));
                _kills.Add(kill);
                Say($"  killed: {kill.Answered:N0} orders answered, {kill.Unanswered:N0} not, {kill.OnTheWay:N0} payments on the way");
            }
            catch
            {
                await silo.DisposeAsync();
                throw;
            }
        }
    }

    private static async Task OpenAsync(SiloProcess silo, string account)
    {
        await silo.Grains.GetGrain<IAccountGrain>(account).Open(BankPlan.OpeningCents);
        await silo.Grains.GetGrain<IStatementGrain>(account).Read();
    }

    private async Task ArrivedAsync(SiloProcess silo, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        foreach (var account in plan.Accounts)
        {
            while (await silo.Grains.GetGrain<IAccountGrain>(account).Report() is { OnTheWay: > 0 } report)
            {
                if (Stopwatch.GetElapsedTime(started) > Limit)
                    throw new BankException($"{report.OnTheWay} payments of account {account} have not arrived after {Limit}.");
                await Task.Delay(Pause, cancellationToken);
            }
        }
    }

    private void Progress(int answered)
    {
        if (_watch.Elapsed - _said >= TimeSpan.FromSeconds(1))
            Say($"  {answered:N0} orders answered");
    }

    private void Say(FormattableString line)
    {
        _said = _watch.Elapsed;
        Console.Out.WriteLine(FormattableString.Invariant($"{_said.TotalSeconds,5:F1} s  {line.ToString(CultureInfo.InvariantCulture)}"));
    }
}

/// <summary>What a kill fell into.</summary>
/// <param name="Day">The day.</param>
/// <param name="Answered">Orders of that day that had been answered.</param>
/// <param name="Unanswered">Orders that the silo had, or was about to get, and did not answer.</param>
/// <param name="OnTheWay">Payments that stood in the journal as paid out and not as paid in.</param>
internal sealed record KillStory(int Day, int Answered, int Unanswered, long OnTheWay);
