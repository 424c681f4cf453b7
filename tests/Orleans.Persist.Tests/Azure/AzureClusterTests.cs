using Orleans.Persist.Tests.Grains;
using Orleans.Persist.Tests.LogConsistency;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Orleans.Persist.Tests.Azure;

/// <summary>The log-consistency provider and persistent grains over Azure Storage, and what becomes of them when a silo is killed.</summary>
[Trait("Requirement", "o.10")]
public sealed class AzureClusterTests(AzureCluster azure) : IClassFixture<AzureCluster>
{
    private static readonly TimeSpan Patience = AzureCluster.Patience;

    [AzuriteFact]
    public async Task What_grains_have_confirmed_survives_a_silo_that_is_killed()
    {
        var logs = Enumerable.Range(0, 6).Select(i => azure.Cluster.Client.GetGrain<ILogGrain>($"log{i}", typeof(DefaultLogGrain).FullName)).ToArray();
        var wallets = Enumerable.Range(0, 6).Select(i => azure.Cluster.Client.GetGrain<IWalletGrain>($"wallet{i}", typeof(WalletGrain).FullName)).ToArray();
        for (var i = 0; i < logs.Length; i++)
        {
            RequestContext.Set(IPlacementDirector.PlacementHintKey, azure.Cluster.Silos[i % 2].SiloAddress);
            await logs[i].RaiseRange([1, 2, 3], confirm: true).WaitAsync(Patience);
            await wallets[i].DepositAll([100, 2]).WaitAsync(Patience);
        }

        RequestContext.Clear();
        for (var i = 0; i < 30; i++)
            await wallets[1].Deposit(1).WaitAsync(Patience); // past a snapshot
        await wallets[1].Transfer(wallets[2], 7).WaitAsync(Patience);
        var victim = azure.Cluster.Silos[1];
        Assert.Equal(victim.Name, (await logs[1].Report().WaitAsync(Patience)).SiloName);

        await azure.Cluster.KillSiloAsync(victim).WaitAsync(Patience);
        await azure.Cluster.WaitForLivenessToStabilizeAsync(didKill: true).WaitAsync(Patience);

        for (var i = 0; i < logs.Length; i++)
        {
            await logs[i].RaiseAndConfirm(4).WaitAsync(Patience);
            var report = await logs[i].Report().WaitAsync(Patience);
            Assert.Equal([1, 2, 3, 4], report.Values);
            Assert.NotEqual(victim.Name, report.SiloName);
        }

        Assert.Equal((126, 34L), Balance(await wallets[1].Report().WaitAsync(Patience)));
        Assert.Equal((103, 3L), Balance(await wallets[3].Report().WaitAsync(Patience)));
        Assert.Equal(34, (await wallets[1].History().WaitAsync(Patience)).Count);
        Assert.Equal(103, await wallets[1].BalanceAsOf(3).WaitAsync(Patience));
        Assert.True(await wallets[1].CheckReplay().WaitAsync(Patience));
    }

    private static (int Balance, long Version) Balance(WalletReport report) => (report.Balance, report.Version);
}
