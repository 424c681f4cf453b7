using Orleans.Persist.Grains;
using Orleans.Persist.Processes;
using Orleans.Persist.Serialization;
using Orleans.Streams;

namespace Orleans.Persist.Tests.Grains;

/// <summary>Takes a bonus for each deposit of 100, credits others by message, and forwards its events where its key says so.</summary>
public class WalletGrain : PersistentGrain<Wallet, IWalletEvent>, IWalletGrain
{
    public const string StreamProvider = "events";
    public const string StreamNamespace = "wallets";
    private readonly Guid _activation = Guid.NewGuid();
    private readonly List<string> _seen = [];

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (this.GetPrimaryKeyString().StartsWith("forwarding", StringComparison.Ordinal))
            ForwardTo(this.GetStreamProvider(StreamProvider).GetStream<PersistedEvent<IWalletEvent>>(StreamNamespace, this.GetPrimaryKeyString()));
        return Task.CompletedTask;
    }

    public async Task<long> Deposit(int amount)
    {
        await Persist(new Deposited(amount));
        return Version;
    }

    public Task<long> DepositUnawaited(int first, int second)
    {
        _ = Persist(new Deposited(first));
        _ = Persist(new Deposited(second));
        return Task.FromResult(Version);
    }

    public Task DepositAll(int[] amounts) => PersistAll(amounts.Select(amount => new Deposited(amount)));

    public async Task DepositAndThrow(int amount, bool wait)
    {
        var stored = Persist(new Deposited(amount));
        if (wait)
            await stored;
        throw new InvalidOperationException("thrown by the call");
    }

    public async Task Transfer(IWalletGrain to, int amount)
    {
        if (State.Balance < amount)
            throw new InvalidOperationException("The balance is too low.");
        Send(to, new Credit(amount));
        await Persist(new Withdrawn(amount));
    }

    public async Task<Drawn> Draw()
    {
        var drawn = new Drawn(Random.Next(1_000_000), NewGuid(), Now);
        await Persist(drawn);
        return drawn;
    }

    public Task<WalletReport> Report() => Task.FromResult(new WalletReport(State.Balance, Version, _activation, [.. _seen], UnacknowledgedSends));

    public async Task<List<PersistedEvent<IWalletEvent>>> History()
    {
        var events = new List<PersistedEvent<IWalletEvent>>();
        await foreach (var @event in base.History())
            events.Add(@event);
        return events;
    }

    public IAsyncEnumerable<PersistedEvent<IWalletEvent>> Events(long from) => Subscribe(from);

    public async Task<int> BalanceAsOf(long version) => (await StateAsOf(version)).State.Balance;

    public async Task<int> BalanceAsOf(DateTimeOffset time) => (await StateAsOf(time)).State.Balance;

    public Task<bool> CheckReplay() => base.CheckReplay();

    public Task Snapshot() => SaveSnapshot();

    public Task Truncate(long beforeVersion) => TruncateHistory(beforeVersion);

    public Task ClearAll() => Clear();

    public Task PersistUnserializable() => Persist(new Secret(1));

    protected override Wallet Apply(Wallet state, IWalletEvent @event) => @event switch
    {
        Deposited deposited => state with { Balance = state.Balance + deposited.Amount, Events = state.Events + 1 },
        Withdrawn withdrawn => state with { Balance = state.Balance - withdrawn.Amount, Events = state.Events + 1 },
        Bonus bonus => state with { Balance = state.Balance + bonus.Amount, Events = state.Events + 1 },
        Drawn => state with { Events = state.Events + 1 },
        _ => throw new InvalidOperationException($"unknown event {@event}"),
    };

    protected override void OnEvent(IWalletEvent @event, long version)
    {
        _seen.Add($"{version} {@event.GetType().Name} {State.Balance}");
        if (@event is Deposited { Amount: 100 })
            _ = Persist(new Bonus(1));
    }

    protected override async Task OnMessage(object message)
    {
        var credit = (Credit)message;
        if (credit.Amount == 13)
            throw new InvalidOperationException("13 is refused");
        await Persist(new Deposited(credit.Amount));
    }

    protected override void ConfigureEvents(EventTypesBuilder<IWalletEvent> events) =>
        events.Tag<Deposited>(deposited => deposited.Amount >= 1_000 ? ["large"] : []);

    protected override KernelOptions<Wallet, IWalletEvent> Configure(KernelOptions<Wallet, IWalletEvent> options) => options with
    {
        Snapshots = new SnapshotPolicy { EveryEvents = 20, OnPassivation = false },
        AppendAttempts = 2,
    };
}

/// <summary>Keeps only what its snapshots do not cover.</summary>
public sealed class TruncatingWalletGrain : WalletGrain
{
    protected override KernelOptions<Wallet, IWalletEvent> Configure(KernelOptions<Wallet, IWalletEvent> options) => options with
    {
        Snapshots = new SnapshotPolicy { EveryEvents = 10, OnPassivation = true },
        TruncateAfterSnapshot = true,
    };
}

/// <summary>Waits for the storage for 2 seconds only.</summary>
public sealed class ImpatientWalletGrain : WalletGrain
{
    protected override KernelOptions<Wallet, IWalletEvent> Configure(KernelOptions<Wallet, IWalletEvent> options) => options with
    {
        RecoveryTimeout = TimeSpan.FromSeconds(2),
        AppendTimeout = TimeSpan.FromSeconds(2),
    };
}

/// <summary>Reads deposits as they were stored once, in two parts, and passes over what means nothing any more.</summary>
public sealed class AdaptingWalletGrain : WalletGrain
{
    protected override void ConfigureEvents(EventTypesBuilder<IWalletEvent> events) => events
        .AddOld<OldDeposit>("wallet.deposit", 1, (old, _) => [new Deposited(old.Amount), new Bonus(old.Interest)])
        .Drop("wallet.audited");
}

/// <summary>Its state depends on more than its events.</summary>
public sealed class ImpureWalletGrain : WalletGrain
{
    private static int s_applied;

    protected override Wallet Apply(Wallet state, IWalletEvent @event) => base.Apply(state, @event) with { Balance = Interlocked.Increment(ref s_applied) };
}
