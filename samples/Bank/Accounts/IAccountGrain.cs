namespace Bank.Accounts;

internal interface IAccountGrain : IGrainWithStringKey
{
    /// <summary>Opens the account with an amount. Does nothing where it is open.</summary>
    Task Open(long cents);

    /// <summary>Pays another account. Answered once it is durable; the same order again does nothing.</summary>
    Task Pay(int order, string to, long cents);

    Task<AccountReport> Report();

    /// <summary>The balance as it was at a time, rebuilt from the events.</summary>
    Task<long> BalanceAsOf(DateTimeOffset time);

    /// <summary>Whether the events, applied again from the first, give the state in memory.</summary>
    Task<bool> IsItsHistory();
}

/// <summary>What an account says of itself.</summary>
/// <param name="Cents">Its balance.</param>
/// <param name="Version">How many events it has.</param>
/// <param name="OnTheWay">Payments that have left it and have not arrived, as far as it knows.</param>
[GenerateSerializer]
internal sealed record AccountReport([property: Id(0)] long Cents, [property: Id(1)] long Version, [property: Id(2)] int OnTheWay);
