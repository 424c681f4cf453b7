using Orleans.Persist.Grains;

namespace Orleans.Persist.Tests.Grains;

/// <summary>A persistent grain with everything that one can do.</summary>
public interface IWalletGrain : IGrainWithStringKey
{
    Task<long> Deposit(int amount);

    /// <summary>Deposits without waiting for it, and returns what the version is then.</summary>
    Task<long> DepositUnawaited(int first, int second);

    Task DepositAll(int[] amounts);

    Task DepositAndThrow(int amount, bool wait);

    Task Transfer(IWalletGrain to, int amount);

    /// <summary>Persists what it draws, and returns it.</summary>
    Task<Drawn> Draw();

    Task<WalletReport> Report();

    Task<List<PersistedEvent<IWalletEvent>>> History();

    IAsyncEnumerable<PersistedEvent<IWalletEvent>> Events(long from);

    Task<int> BalanceAsOf(long version);

    Task<int> BalanceAsOf(DateTimeOffset time);

    Task<bool> CheckReplay();

    Task Snapshot();

    Task Truncate(long beforeVersion);

    Task ClearAll();

    Task PersistUnserializable();
}

[GenerateSerializer]
public sealed record WalletReport([property: Id(0)] int Balance, [property: Id(1)] long Version, [property: Id(2)] Guid Activation, [property: Id(3)] List<string> Seen, [property: Id(4)] int Unacknowledged);
