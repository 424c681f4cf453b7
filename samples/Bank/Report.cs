using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Bank.Accounts;
using Bank.Statements;

namespace Bank;

/// <summary>What the accounts and their statements say, beside what the plan says.</summary>
internal sealed class Report(BankPlan plan, IReadOnlyList<KillStory> kills)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public required IReadOnlyList<AccountView> Accounts { get; init; }

    public required DateTimeOffset Closing { get; init; }

    public TimeSpan Time { get; set; }

    /// <summary>The bank's money: all balances, and nothing on the way.</summary>
    public long TotalCents => Accounts.Sum(a => a.Report.Cents);

    public int BalancesRight => Accounts.Count(a => a.Report.Cents == plan.BalanceAfter(a.Name, 2));

    public int YesterdayRight => Accounts.Count(a => a.YesterdayCents == plan.BalanceAfter(a.Name, 1));

    public int Replayed => Accounts.Count(a => a.IsItsHistory);

    public int StatementsRight => Accounts.Count(a => a.Lines.Count == a.Report.Version && a.Lines[^1].Balance == a.Report.Cents);

    /// <summary>Orders that took effect exactly once on both sides, with their amount.</summary>
    public int OrdersOnce => plan.Orders.Count(o => Once(PaidOut, o, o.From, -o.Cents) && Once(PaidIn, o, o.To, o.Cents));

    public int OrdersLost => plan.Orders.Count(o => !PaidOut.Contains(o.Number) || !PaidIn.Contains(o.Number));

    public int OrdersTwice => plan.Orders.Count(o => PaidOut[o.Number].Count() > 1 || PaidIn[o.Number].Count() > 1);

    public bool Ok => TotalCents == plan.TotalCents && BalancesRight == Accounts.Count && YesterdayRight == Accounts.Count && Replayed == Accounts.Count
        && StatementsRight == Accounts.Count && OrdersOnce == plan.Orders.Count && Accounts.All(a => a.Report.OnTheWay == 0);

    private ILookup<int, (string Account, long Cents)> PaidOut => field ??= LinesBy(line => line.Order > 0 && line.Cents < 0);

    private ILookup<int, (string Account, long Cents)> PaidIn => field ??= LinesBy(line => line.Order > 0 && line.Cents > 0);

    public static async Task<Report> OfAsync(IGrainFactory grains, BankPlan plan, DateTimeOffset closing, IReadOnlyList<KillStory> kills, CancellationToken cancellationToken)
    {
        var accounts = new List<AccountView>();
        foreach (var name in plan.Accounts)
        {
            var account = grains.GetGrain<IAccountGrain>(name);
            var report = await account.Report();
            accounts.Add(new AccountView(
                name, report, await account.BalanceAsOf(closing), await account.IsItsHistory(), await StatementAsync(grains.GetGrain<IStatementGrain>(name), report.Version, cancellationToken)));
        }

        return new Report(plan, kills) { Accounts = accounts, Closing = closing };
    }

    public void Write(bool json)
    {
        Console.Out.WriteLine();
        var shown = Accounts[0];
        Console.Out.WriteLine($"the last lines of the statement of account {shown.Name}");
        foreach (var line in shown.Lines.TakeLast(5))
            Console.Out.WriteLine(FormattableString.Invariant($"  {line.Recorded:yyyy-MM-dd HH:mm:ss}  {(line.Cents < 0 ? "to  " : "from")} {line.Other}{Amount(line.Cents),12}{Amount(line.Balance),14}"));
        Console.Out.WriteLine(FormattableString.Invariant($"  as of {Closing:yyyy-MM-dd HH:mm:ss} its balance was {Amount(shown.YesterdayCents)}"));
        Console.Out.WriteLine();
        Row("", "expected", "found", "");
        Row("the bank's money", Amount(plan.TotalCents), Amount(TotalCents), TotalCents == plan.TotalCents ? "none lost, none made" : "WRONG");
        Row("orders that took effect once", plan.Orders.Count, OrdersOnce, $"{OrdersLost} lost, {OrdersTwice} twice");
        Row("accounts, by their balance", Accounts.Count, BalancesRight, Verdict(BalancesRight));
        Row("accounts, by their balance as of yesterday", Accounts.Count, YesterdayRight, Verdict(YesterdayRight));
        Row("accounts that are what their history gives", Accounts.Count, Replayed, Verdict(Replayed));
        Row("statements that end as their account", Accounts.Count, StatementsRight, Verdict(StatementsRight));
        Row("seconds", "", $"{Time.TotalSeconds:F1}", $"{kills.Count} kills");
        Console.Out.WriteLine(Ok ? "ok" : "NOT OK");
        if (json)
            Console.Out.WriteLine(Json());
    }

    private static bool Once(ILookup<int, (string Account, long Cents)> lines, PaymentOrder order, string account, long cents) =>
        lines[order.Number].SequenceEqual([(account, cents)]);

    private static string Amount(long cents) => (cents / 100m).ToString("N2", CultureInfo.InvariantCulture);

    private static void Row(string what, object expected, object found, string verdict) =>
        Console.Out.WriteLine(FormattableString.Invariant($"{what,-46}{expected,16:N0}{found,16:N0}  {verdict}").TrimEnd());

    /// <summary>An account's statement, once it has the account's newest event.</summary>
    private static async Task<IReadOnlyList<StatementLine>> StatementAsync(IStatementGrain statement, long version, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var lines = (await statement.Read()).Lines;
            if (lines.Count >= version || Stopwatch.GetElapsedTime(started) > Limit)
                return lines;
            await Task.Delay(Pause, cancellationToken);
        }
    }

    private string Verdict(int right) => right == Accounts.Count ? "equal" : "DIFFERENT";

    private ILookup<int, (string Account, long Cents)> LinesBy(Func<StatementLine, bool> which) =>
        Accounts.SelectMany(a => a.Lines.Where(which).Select(line => (line.Order, Line: (a.Name, line.Cents)))).ToLookup(l => l.Order, l => l.Line);

    private string Json() => JsonSerializer.Serialize(new
    {
        ok = Ok,
        accounts = Accounts.Count,
        transfers = plan.Orders.Count,
        total_cents_expected = plan.TotalCents,
        total_cents = TotalCents,
        transfers_once = OrdersOnce,
        transfers_lost = OrdersLost,
        transfers_twice = OrdersTwice,
        balances_equal = BalancesRight,
        yesterday_equal = YesterdayRight,
        histories_equal = Replayed,
        statements_equal = StatementsRight,
        kills = kills.Select(k => new { day = k.Day, answered = k.Answered, unanswered = k.Unanswered, on_the_way = k.OnTheWay }),
        seconds = Math.Round(Time.TotalSeconds, 2),
    });
}

/// <summary>What was found of one account.</summary>
internal sealed record AccountView(string Name, AccountReport Report, long YesterdayCents, bool IsItsHistory, IReadOnlyList<StatementLine> Lines);
