using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Orleans.Persist.Tests.LogConsistency;

/// <summary>The loss of a silo (requirements o.1, o.8).</summary>
public sealed class SiloLossTests : IAsyncLifetime
{
    private readonly LogClusters _clusters = new();

    public Task InitializeAsync() => _clusters.InitializeAsync();

    public Task DisposeAsync() => _clusters.DisposeAsync();

    [Fact]
    [Trait("Requirement", "o.1")]
    [Trait("Requirement", "o.8")]
    public async Task What_was_confirmed_survives_a_silo_that_is_killed()
    {
        var grains = Enumerable.Range(0, 10).Select(_ => _clusters.Grain<DefaultLogGrain>()).ToArray();
        foreach (var (i, grain) in grains.Index())
        {
            RequestContext.Set(IPlacementDirector.PlacementHintKey, _clusters.Cluster.Silos[i % 2].SiloAddress);
            await grain.RaiseRange([1, 2, 3], confirm: true).WaitAsync(LogClusters.Patience);
        }

        RequestContext.Clear();
        var victim = _clusters.Cluster.Silos[1];
        var before = new List<LogReport>();
        foreach (var grain in grains)
            before.Add(await grain.Report().WaitAsync(LogClusters.Patience));
        Assert.Contains(before, report => report.SiloName == victim.Name);
        Assert.Contains(before, report => report.SiloName != victim.Name);

        await _clusters.Cluster.KillSiloAsync(victim).WaitAsync(LogClusters.Patience);
        await _clusters.Cluster.WaitForLivenessToStabilizeAsync(didKill: true).WaitAsync(LogClusters.Patience);

        foreach (var grain in grains)
        {
            await grain.RaiseAndConfirm(4).WaitAsync(LogClusters.Patience);
            var report = await grain.Report().WaitAsync(LogClusters.Patience);
            Assert.Equal([1, 2, 3, 4], report.Values);
            Assert.NotEqual(victim.Name, report.SiloName);
        }
    }
}
