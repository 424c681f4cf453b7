using Orleans.Persist.Tests.Grains;
using Orleans.Persist.Tests.LogConsistency;
using Orleans.Streams;

namespace Orleans.Persist.Tests.JournaledGrains;

/// <summary>What comes to a journaled grain by other ways than calls, and handlers that never change a state object (requirements m.1, m.9).</summary>
[Collection(LogCollection.Name)]
public sealed class TallyTests(LogClusters clusters) : LedgerTests(clusters)
{
    [Fact]
    [Trait("Requirement", "m.9")]
    [Trait("Requirement", "o.3")]
    public async Task Where_states_are_immutable_a_call_that_throws_costs_nothing_and_the_activation_goes_on()
    {
        var tally = Tally();
        await tally.Add(5).WaitAsync(Patience);
        var (_, _, activation) = await tally.Report().WaitAsync(Patience);

        Assert.Equal("thrown by the call", (await Assert.ThrowsAsync<InvalidOperationException>(() => tally.AddAndThrow(100).WaitAsync(Patience))).Message);

        Assert.Equal((5, 1L, activation), await tally.Report().WaitAsync(Patience));
        Assert.Equal(6, await tally.Add(1).WaitAsync(Patience));
        await Clusters.Cluster.DeactivateAsync(tally).WaitAsync(Patience);
        var after = await tally.Report().WaitAsync(Patience);
        Assert.Equal((6, 2L), (after.Sum, after.Version));
        Assert.NotEqual(activation, after.Activation);
    }

    [Fact]
    [Trait("Requirement", "m.1")]
    [Trait("Requirement", "o.3")]
    public async Task What_is_enumerated_is_a_query_that_goes_on_beside_calls_and_is_not_stored()
    {
        var tally = Tally();
        await tally.Add(1).WaitAsync(Patience);
        var sums = new List<int>();

        using var patience = new CancellationTokenSource(Patience);
        await foreach (var sum in tally.SumsUpTo(4).WithCancellation(patience.Token))
        {
            sums.Add(sum);
            if (sum < 4)
                await tally.Add(1).WaitAsync(Patience);
        }

        Assert.Equal([1, 2, 3, 4], sums);
        Assert.Equal(4, (await Stored(tally)).Count);
    }

    [Fact]
    [Trait("Requirement", "m.9")]
    [Trait("Requirement", "o.3")]
    public async Task What_is_enumerated_may_change_nothing()
    {
        var tally = Tally();
        await tally.Add(1).WaitAsync(Patience);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(async () => await tally.ChangeWhileEnumerated().ToListAsync().AsTask().WaitAsync(Patience));

        Assert.Contains("not handling anything that is stored", error.Message, StringComparison.Ordinal);
        await ItIsUnchanged(tally);
    }

    [Fact]
    [Trait("Requirement", "m.9")]
    [Trait("Requirement", "o.3")]
    public async Task A_tick_of_a_timer_of_orleans_is_refused_and_changes_nothing()
    {
        var tally = Tally();
        await tally.StartOrleansTimer().WaitAsync(Patience);

        var refused = await TallyGrain.RefusedBy(tally.GetPrimaryKeyString()).Task.WaitAsync(Patience);

        Assert.Contains("RegisterGrainTimer", refused.Message, StringComparison.Ordinal);
        var report = await tally.Report().WaitAsync(Patience);
        Assert.Equal((0, 1L), (report.Sum, report.Version));
    }

    [Fact]
    [Trait("Requirement", "m.9")]
    [Trait("Requirement", "o.3")]
    public async Task What_a_stream_brings_is_refused_and_changes_nothing()
    {
        var key = "subscribing" + Guid.NewGuid().ToString("N");
        var tally = Tally(key);
        await tally.Add(1).WaitAsync(Patience);

        await Clusters.Cluster.Client.GetStreamProvider(WalletGrain.StreamProvider).GetStream<int>(TallyGrain.StreamNamespace, key).OnNextAsync(100).WaitAsync(Patience);

        Assert.Contains("takes nothing from streams", (await TallyGrain.RefusedBy(key).Task.WaitAsync(Patience)).Message, StringComparison.Ordinal);
        await ItIsUnchanged(tally);
    }

    private static async Task ItIsUnchanged(ITallyGrain tally)
    {
        var report = await tally.Report().WaitAsync(Patience);
        Assert.Equal((1, 1L), (report.Sum, report.Version));
    }

    private ITallyGrain Tally(string? key = null) => Clusters.Cluster.Client.GetGrain<ITallyGrain>(key ?? Guid.NewGuid().ToString("N"));
}
