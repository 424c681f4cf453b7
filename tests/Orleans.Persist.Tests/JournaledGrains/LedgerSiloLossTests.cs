using Orleans.Persist.Tests.LogConsistency;
using Orleans.Persist.Tests.Support;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Orleans.Persist.Tests.JournaledGrains;

/// <summary>The loss of a silo with journaled grains on it (requirements m.2, m.5, o.8).</summary>
public sealed class LedgerSiloLossTests() : LedgerTests(new LogClusters()), IAsyncLifetime
{
    public Task InitializeAsync() => Clusters.InitializeAsync();

    public Task DisposeAsync() => Clusters.DisposeAsync();

    [Fact]
    [Trait("Requirement", "m.2")]
    [Trait("Requirement", "m.5")]
    [Trait("Requirement", "o.8")]
    public async Task State_sends_and_timers_survive_a_silo_that_is_killed_and_nothing_takes_effect_twice()
    {
        var victim = Clusters.Cluster.Silos[1];
        var (from, to, ticking, oracle) = (Ledger(), Ledger(), Ledger(), Oracle());
        Clusters.Storage.Fail(StreamOf(to), Failure.Down);
        RequestContext.Set(IPlacementDirector.PlacementHintKey, victim.SiloAddress);
        await from.Draw().WaitAsync(Patience);
        await ticking.StartTimer("often", TimeSpan.Zero, TimeSpan.FromMilliseconds(50)).WaitAsync(Patience);
        RequestContext.Set(IPlacementDirector.PlacementHintKey, Clusters.Cluster.Silos[0].SiloAddress);
        await from.Ask(oracle, "when").WaitAsync(Patience);
        RequestContext.Clear();
        await from.Transfer(to, 20).WaitAsync(Patience);
        await from.Transfer(to, 22).WaitAsync(Patience);
        var before = await from.Report().WaitAsync(Patience);
        Assert.Equal(victim.Name, before.Silo);
        Assert.Equal(victim.Name, (await ticking.Report().WaitAsync(Patience)).Silo);
        await StoredAsync(ticking, 3);

        await Clusters.Cluster.KillSiloAsync(victim).WaitAsync(Patience);
        await Clusters.Cluster.WaitForLivenessToStabilizeAsync(didKill: true).WaitAsync(Patience);

        var after = await from.Report().WaitAsync(Patience);
        Same(before, after);
        Assert.NotEqual(victim.Name, after.Silo);
        Assert.Equal(2, after.Unacknowledged);
        Assert.Equal(1, await oracle.Calls().WaitAsync(Patience));
        Clusters.Storage.Heal(StreamOf(to));
        await StoredAsync(to, 2);
        Assert.Equal((42, 2L), Sum(await to.Report().WaitAsync(Patience)));
        await from.Transfer(to, 8).WaitAsync(Patience);
        await StoredAsync(to, 3);
        Assert.Equal((50, 3L), Sum(await to.Report().WaitAsync(Patience)));
        await StoredAsync(ticking, (await ticking.Report().WaitAsync(Patience)).Version + 2);
        await ticking.StopTimer("often").WaitAsync(Patience);
        Assert.Equal(
            (await Stored(ticking)).Where(message => message.Type == "ledger.ticked").Select(message => $"often {message.Time:O}"),
            (await ticking.Report().WaitAsync(Patience)).State.Ticks);
    }

    [Fact]
    [Trait("Requirement", "m.5")]
    [Trait("Requirement", "o.8")]
    public async Task Timers_and_sends_of_a_killed_silo_go_on_without_anybody_calling()
    {
        var victim = Clusters.Cluster.Silos[1];
        var (from, to, ticking) = (Ledger(), Ledger(), Ledger());
        Clusters.Storage.Fail(StreamOf(to), Failure.Down);
        RequestContext.Set(IPlacementDirector.PlacementHintKey, victim.SiloAddress);
        await from.Draw().WaitAsync(Patience);
        await ticking.StartTimer("often", TimeSpan.Zero, TimeSpan.FromMilliseconds(50)).WaitAsync(Patience);
        RequestContext.Clear();
        await from.Transfer(to, 20).WaitAsync(Patience);

        await Clusters.Cluster.KillSiloAsync(victim).WaitAsync(Patience);
        await Clusters.Cluster.WaitForLivenessToStabilizeAsync(didKill: true).WaitAsync(Patience);
        var ticks = (await Stored(ticking)).Count;
        Clusters.Storage.Heal(StreamOf(to));

        await StoredAsync(to, 1);
        await StoredAsync(ticking, ticks + 2);
        Assert.Equal((20, 1L), Sum(await to.Report().WaitAsync(Patience)));
    }
}
