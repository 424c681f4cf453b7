using Orleans.Persist.Grains;
using Orleans.Persist.Journal;
using Orleans.Persist.Tests.LogConsistency;
using Orleans.Persist.Tests.Support;
using Orleans.Runtime;
using Orleans.Runtime.Placement;
using Orleans.TestingHost;

namespace Orleans.Persist.Tests.Grains;

/// <summary>Senders that are gone before what they sent was acknowledged, and that nobody calls (requirements m.5, o.3).</summary>
public sealed class SenderLossTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = LogClusters.Patience;
    private readonly LogClusters _clusters = new();

    private SwitchedStorage Storage => _clusters.Storage;

    public Task InitializeAsync() => _clusters.InitializeAsync();

    public Task DisposeAsync() => _clusters.DisposeAsync();

    [Fact]
    [Trait("Requirement", "m.5")]
    [Trait("Requirement", "o.3")]
    [Trait("Requirement", "o.8")]
    public async Task What_a_sender_had_left_to_send_when_its_silo_was_killed_arrives_once_without_anybody_calling_it()
    {
        var (victim, survivor) = (_clusters.Cluster.Silos[1], _clusters.Cluster.Silos[0]);
        var to = await WalletOnAsync(survivor, 1);
        var from = await WalletOnAsync(victim, 50);
        Storage.Fail(StreamOf(to), Failure.Down);
        await from.Transfer(to, 20).WaitAsync(Patience);

        await _clusters.Cluster.KillSiloAsync(victim).WaitAsync(Patience);
        await _clusters.Cluster.WaitForLivenessToStabilizeAsync(didKill: true).WaitAsync(Patience);
        Storage.Heal(StreamOf(to));

        await Storage.WaitForAppendAsync(StreamOf(to), 1, 1).AsTask().WaitAsync(Patience);
        Assert.Equal(21, (await to.Report().WaitAsync(Patience)).Balance);
        Assert.Equal(2, (await to.Report().WaitAsync(Patience)).Version);
    }

    [Fact]
    [Trait("Requirement", "m.5")]
    [Trait("Requirement", "o.3")]
    public async Task When_the_whole_cluster_is_lost_its_successor_wakes_the_senders()
    {
        var from = await WalletOnAsync(_clusters.Cluster.Silos[0], 50);
        var to = Wallet();
        Storage.Fail(StreamOf(to), Failure.Down);
        await from.Transfer(to, 20).WaitAsync(Patience);
        foreach (var silo in _clusters.Cluster.Silos.ToList())
            await _clusters.Cluster.KillSiloAsync(silo).WaitAsync(Patience);
        Storage.Heal(StreamOf(to));

        await using var successor = _clusters.Build(1);
        await successor.DeployAsync().WaitAsync(Patience);

        await Storage.WaitForAppendAsync(StreamOf(to), 1, 0).AsTask().WaitAsync(Patience);
        Assert.Equal(20, (await successor.Client.GetGrain<IWalletGrain>(to.GetGrainId()).Report().WaitAsync(Patience)).Balance);
    }

    [Fact]
    [Trait("Requirement", "m.5")]
    [Trait("Requirement", "o.6")]
    public async Task A_sender_that_was_deactivated_by_a_failure_is_woken_when_its_storage_is_back()
    {
        var (from, to) = (await WalletOnAsync(_clusters.Cluster.Silos[0], 50), Wallet());
        Storage.Fail(StreamOf(to), Failure.Down);
        await from.Transfer(to, 20).WaitAsync(Patience);
        Storage.Fail(StreamOf(from), Failure.Down);
        await Assert.ThrowsAsync<JournalUnavailableException>(() => from.Deposit(1).WaitAsync(Patience));
        Storage.Heal(StreamOf(to));

        Storage.Heal(StreamOf(from));

        await Storage.WaitForAppendAsync(StreamOf(to), 1, 0).AsTask().WaitAsync(Patience);
    }

    [Fact]
    [Trait("Requirement", "o.3")]
    public async Task A_sender_is_listed_once_and_taken_off_when_it_goes_with_everything_acknowledged()
    {
        var (from, to) = (await WalletOnAsync(_clusters.Cluster.Silos[0], 50), Wallet());
        for (var i = 0; i < 5; i++)
            await from.Transfer(to, 1).WaitAsync(Patience);
        await Storage.WaitForAppendAsync(StreamOf(to), 1, 4).AsTask().WaitAsync(Patience);
        while ((await from.Report().WaitAsync(Patience)).Unacknowledged > 0)
            await Task.Yield(); // the receiver's answer is on its way
        Assert.Equal(["listed"], await EntriesAsync(from));

        await _clusters.Cluster.DeactivateAsync(from).WaitAsync(Patience);

        Assert.Equal(["listed", "unlisted"], await EntriesAsync(from));
    }

    [Fact]
    [Trait("Requirement", "o.6")]
    public async Task A_send_that_cannot_be_noted_is_not_stored()
    {
        var (from, to) = (await WalletOnAsync(_clusters.Cluster.Silos[0], 50), Wallet());
        Storage.Fail(SenderList.StreamOf(StreamOf(from)), Failure.Down);

        await Assert.ThrowsAsync<JournalUnavailableException>(() => from.Transfer(to, 20).WaitAsync(Patience));

        Storage.Heal(SenderList.StreamOf(StreamOf(from)));
        Assert.Equal(50, (await from.Report().WaitAsync(Patience)).Balance);
        await from.Transfer(to, 5).WaitAsync(Patience);
        await Storage.WaitForAppendAsync(StreamOf(to), 1, 0).AsTask().WaitAsync(Patience);
        Assert.Equal(5, (await to.Report().WaitAsync(Patience)).Balance);
    }

    private static string StreamOf(IWalletGrain wallet) => wallet.GetGrainId().ToString();

    private async Task<List<string>> EntriesAsync(IWalletGrain wallet)
    {
        var types = new List<string>();
        await foreach (var entry in Storage.ReadAsync(SenderList.StreamOf(StreamOf(wallet)), new ReadRequest { Filter = new EventFilter { Subjects = [StreamOf(wallet)] } }))
            types.Add(entry.Type);
        return types;
    }

    private IWalletGrain Wallet() => _clusters.Cluster.Client.GetGrain<IWalletGrain>(Guid.NewGuid().ToString("N"), typeof(WalletGrain).FullName);

    private async Task<IWalletGrain> WalletOnAsync(InProcessSiloHandle silo, int balance)
    {
        var wallet = Wallet();
        RequestContext.Set(IPlacementDirector.PlacementHintKey, silo.SiloAddress);
        await wallet.Deposit(balance).WaitAsync(Patience);
        RequestContext.Clear();
        return wallet;
    }
}
