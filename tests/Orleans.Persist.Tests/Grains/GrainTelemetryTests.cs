using Orleans.Persist.Tests.LogConsistency;
using Orleans.Persist.Tests.Support;
using static Orleans.Persist.Tests.LogConsistency.LogClusters;

namespace Orleans.Persist.Tests.Grains;

/// <summary>What meters and traces tell of grains, on a silo.</summary>
[Collection(LogCollection.Name)]
public sealed class GrainTelemetryTests(LogClusters clusters)
{
    [Fact]
    [Trait("Requirement", "o.7")]
    public async Task Recoveries_and_snapshots_of_persistent_grains_are_measured_by_grain_type_and_traced_by_grain()
    {
        using var telemetry = new Telemetry();
        var wallet = clusters.Cluster.Client.GetGrain<IWalletGrain>(Guid.NewGuid().ToString("N"), typeof(WalletGrain).FullName);
        await wallet.Deposit(1).WaitAsync(Patience);
        await wallet.Snapshot().WaitAsync(Patience);

        Assert.Equal(["recover", "snapshot"], Operations(telemetry, wallet));
        Measured(telemetry, wallet, "orleans.persist.process.recovery.duration");
        Measured(telemetry, wallet, "orleans.persist.process.snapshots");
    }

    [Fact]
    [Trait("Requirement", "o.7")]
    public async Task Recoveries_and_snapshots_under_journaled_grains_are_measured_by_grain_type_and_traced_by_grain()
    {
        using var telemetry = new Telemetry();
        var grain = clusters.Grain<TruncatingLogGrain>();
        await grain.RaiseRange([.. Enumerable.Range(0, 12)], confirm: true).WaitAsync(Patience);
        await clusters.Cluster.DeactivateAsync(grain).WaitAsync(Patience);

        Assert.Equal(["recover", "snapshot"], Operations(telemetry, grain));
        Measured(telemetry, grain, "orleans.persist.process.recovery.duration");
        Measured(telemetry, grain, "orleans.persist.process.snapshots");
    }

    private static IEnumerable<string> Operations(Telemetry telemetry, IGrainWithStringKey grain)
    {
        var traced = telemetry.Traced("orleans.persist.owner", grain.GetGrainId().ToString()).ToList();
        Assert.All(traced, name => Assert.EndsWith($" {TypeOf(grain)}", name, StringComparison.Ordinal));
        return traced.Select(name => name.Split(' ')[0]);
    }

    private static void Measured(Telemetry telemetry, IGrainWithStringKey grain, string instrument) =>
        Assert.NotEmpty(telemetry.Measured(instrument, "orleans.persist.process", TypeOf(grain)));

    private static string TypeOf(IGrainWithStringKey grain) => grain.GetGrainId().Type.ToString()!;
}
