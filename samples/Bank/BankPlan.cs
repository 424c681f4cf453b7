using Orleans.Persist.Processes;

namespace Bank;

/// <summary>The accounts, and who pays whom how much on which day. The same numbers give the same plan, so what has to come out is known beforehand.</summary>
internal sealed class BankPlan
{
    public const long OpeningCents = 100_000;
    private const int MostCents = 2_000;

    public BankPlan(int accounts, int transfers)
    {
        Accounts = [.. Enumerable.Range(1, accounts).Select(i => FormattableString.Invariant($"{i:D4}"))];
        var most = (int)Math.Min(MostCents, OpeningCents / ((transfers / accounts) + 1)); // whatever comes first, no account runs out
        var random = new DeterministicRandom(2026);
        Orders =
        [
            .. Enumerable.Range(0, transfers).Select(i =>
            {
                var from = i % accounts;
                var to = (from + 1 + random.Next(accounts - 1)) % accounts;
                return new PaymentOrder(i + 1, Accounts[from], Accounts[to], random.Next(1, most + 1), i < transfers / 2 ? 1 : 2);
            }),
        ];
    }

    public IReadOnlyList<string> Accounts { get; }

    public IReadOnlyList<PaymentOrder> Orders { get; }

    public long TotalCents => Accounts.Count * OpeningCents;

    /// <summary>An account's balance when all orders up to a day are done.</summary>
    public long BalanceAfter(string account, int day) => OpeningCents
        + Orders.Where(o => o.Day <= day && o.To == account).Sum(o => o.Cents)
        - Orders.Where(o => o.Day <= day && o.From == account).Sum(o => o.Cents);
}

/// <summary>An order to pay. Its number goes up with each order, so with each order of its account.</summary>
internal sealed record PaymentOrder(int Number, string From, string To, long Cents, int Day);
