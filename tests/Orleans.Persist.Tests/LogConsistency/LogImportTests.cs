using Microsoft.Extensions.DependencyInjection;
using Orleans.EventSourcing.LogStorage;
using Orleans.EventSourcing.StateStorage;
using Orleans.Persist.Journal;
using Orleans.Persist.LogConsistency;
using Orleans.Persist.Tests.Support;
using Orleans.Runtime;
using Orleans.Storage;

namespace Orleans.Persist.Tests.LogConsistency;

/// <summary>Moving in: what Orleans' own providers have written to grain storage, in their own layout, begins the log.</summary>
[Collection(LogCollection.Name)]
public sealed class LogImportTests(LogClusters clusters)
{
    private static readonly TimeSpan Patience = LogClusters.Patience;

    [Fact]
    [Trait("Requirement", "o.1")]
    public async Task A_grain_imports_its_old_log_at_its_first_activation_once()
    {
        var grain = clusters.Grain<MovedLogGrain>();
        await WriteLogAsync(grain, 5);

        var imported = await grain.Report().WaitAsync(Patience);
        await grain.RaiseAndConfirm(6).WaitAsync(Patience);
        await clusters.Cluster.DeactivateAsync(grain).WaitAsync(Patience);
        var after = await grain.Report().WaitAsync(Patience);

        Assert.Equal((5, 15, 0), (imported.Version, imported.Sum, imported.Unconfirmed));
        Assert.Equal([1, 2, 3, 4, 5, 6], after.Values);
        Assert.Equal([4, 5, 6], await grain.Events(3, 6).WaitAsync(Patience));
    }

    [Fact]
    [Trait("Requirement", "o.1")]
    public async Task An_import_that_needs_several_appends_goes_on_where_it_was_interrupted()
    {
        var grain = clusters.Grain<MovedLogGrain>();
        await WriteLogAsync(grain, 10);
        clusters.Storage.Limits = clusters.Storage.Limits with { MaxAppendEvents = 3 };
        try
        {
            clusters.Storage.Fail(LogClusters.StreamOf(grain), Failure.LosesAnswer);
            Assert.Equal((10, 55), (await grain.Report().WaitAsync(Patience)) is var report ? (report.Version, report.Sum) : default);
        }
        finally
        {
            clusters.Storage.Limits = clusters.Storage.Limits with { MaxAppendEvents = 1_000 };
        }

        Assert.Equal([3, 3, 3, 1], clusters.Storage.AppendsTo(LogClusters.StreamOf(grain)));
    }

    [Fact]
    [Trait("Requirement", "o.1")]
    public async Task A_grain_imports_the_state_of_a_state_storage_as_the_beginning_of_its_log()
    {
        var grain = clusters.Grain<MovedStateGrain>();
        var old = new GrainStateWithMetaDataAndETag<LogState>(new LogState { Sum = 42, Values = [40, 2] });
        old.StateAndMetaData.GlobalVersion = 2;
        await OldStorage.WriteStateAsync(typeof(MovedStateGrain).FullName!, grain.GetGrainId(), old).WaitAsync(Patience);

        await grain.RaiseAndConfirm(1).WaitAsync(Patience);
        await clusters.Cluster.DeactivateAsync(grain).WaitAsync(Patience);

        var after = await grain.Report().WaitAsync(Patience);
        Assert.Equal((2, 43), (after.Version, after.Sum));
        Assert.Equal([40, 2, 1], after.Values);
        Assert.Equal([1], await grain.Events(0, 2).WaitAsync(Patience));
    }

    [Fact]
    [Trait("Requirement", "o.1")]
    public async Task Grains_are_imported_in_bulk_and_a_cleared_one_is_not_imported_again()
    {
        var grains = Enumerable.Range(0, 20).Select(_ => clusters.Grain<MovedLogGrain>()).ToArray();
        foreach (var grain in grains)
            await WriteLogAsync(grain, 3);

        Assert.Equal(20, await clusters.Cluster.Client.ImportGrainsAsync(Ids(grains), 4).WaitAsync(Patience));

        foreach (var grain in grains)
        {
            while ((await clusters.Storage.GetHeadAsync(LogClusters.StreamOf(grain))).Version < 3)
                await clusters.Storage.WaitForAppendAsync(LogClusters.StreamOf(grain), 1, 2).AsTask().WaitAsync(Patience);
        }

        await grains[0].Clear().WaitAsync(Patience);
        await clusters.Cluster.DeactivateAsync(grains[0]).WaitAsync(Patience);
        Assert.Equal(0, (await grains[0].Report().WaitAsync(Patience)).Version);
        Assert.Equal(6, (await grains[1].Report().WaitAsync(Patience)).Sum);
    }

    private IGrainStorage OldStorage => clusters.Cluster.GetSiloServiceProvider().GetRequiredKeyedService<IGrainStorage>("Default");

    private static async IAsyncEnumerable<GrainId> Ids(IEnumerable<ILogGrain> grains)
    {
        foreach (var grain in grains)
        {
            await Task.Yield();
            yield return grain.GetGrainId();
        }
    }

    private Task WriteLogAsync(ILogGrain grain, int events)
    {
        var old = new LogStateWithMetaDataAndETag<object>();
        old.StateAndMetaData.Log.AddRange(Enumerable.Range(1, events).Select(amount => new Added { Amount = amount }));
        return OldStorage.WriteStateAsync(typeof(MovedLogGrain).FullName!, grain.GetGrainId(), old).WaitAsync(Patience);
    }
}
