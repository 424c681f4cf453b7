using static Orleans.Persist.Tests.Sources.SourceCluster;

namespace Orleans.Persist.Tests.Sources;

/// <summary>Exports that take long or fail, on a cluster.</summary>
[Collection(SourceClusterCollection.Name)]
public sealed class ExportTests(SourceCluster cluster)
{
    [Fact]
    [Trait("Requirement", "g.0.1")]
    public async Task While_an_export_runs_events_are_applied_other_sinks_export_and_a_trigger_is_remembered_once()
    {
        var source = await cluster.SourceAsync(o => o.ExportEvery = 10);
        var (slow, quick) = (cluster.Sink(source, "slow"), cluster.Sink(source, "quick"));
        await slow.Get().WaitAsync(Patience);
        await quick.Get().WaitAsync(Patience);
        var gate = new TaskCompletionSource();
        var begun = cluster.Storage.Held.Before($"{source.Name}/slow", () => gate.Task);

        await source.PublishAsync(Events(10));
        await begun.WaitAsync(Patience);
        await source.PublishAsync(Events(10, 11));
        await source.PublishAsync(Events(15, 21));
        Assert.Equal(35, (await slow.GetAt(35).WaitAsync(Patience)).Versions.Count);
        await quick.GetAt(35).WaitAsync(Patience);
        await source.ExportAsync("quick").AsTask().WaitAsync(Patience);
        Assert.Equal((0, 35), ((await cluster.StatusAsync(source, "slow")).Exports, (await cluster.StatusAsync(source, "quick")).ExportedVersion));

        cluster.Storage.Held.Release($"{source.Name}/slow");
        gate.SetResult();
        await source.ExportAsync("slow").AsTask().WaitAsync(Patience);

        var status = await cluster.StatusAsync(source, "slow");
        Assert.Equal(35, status.ExportedVersion);
        Assert.InRange(status.Exports, 2, 3); // the one that ran, the one remembered, and the one asked for, which may be the same
    }

    [Fact]
    [Trait("Requirement", "g.0.3")]
    public async Task An_export_that_fails_or_hangs_is_recorded_the_last_good_one_stays_and_the_next_trigger_tries_again()
    {
        var source = await cluster.SourceAsync(o => o.ExportTimeout = TimeSpan.FromMilliseconds(200));
        var sink = cluster.Sink(source);
        await sink.Get().WaitAsync(Patience);
        await source.PublishAsync(Events(5));
        await sink.GetAt(5).WaitAsync(Patience);
        await source.ExportAsync().AsTask().WaitAsync(Patience);
        await source.PublishAsync(Events(5, 6));
        await sink.GetAt(10).WaitAsync(Patience);

        _ = cluster.Storage.Held.Before(source.Name, () => Task.FromException(new IOException("the disk is gone")));
        await source.ExportAsync().AsTask().WaitAsync(Patience);
        var failed = await cluster.StatusAsync(source);
        _ = cluster.Storage.Held.Before(source.Name, () => new TaskCompletionSource().Task);
        await source.ExportAsync().AsTask().WaitAsync(Patience);
        var hung = await cluster.StatusAsync(source);
        cluster.Storage.Held.Release(source.Name);
        await source.ExportAsync().AsTask().WaitAsync(Patience);
        var good = await cluster.StatusAsync(source);

        Assert.Equal((1, 1, 5, "the disk is gone"), (failed.Exports, failed.FailedExports, failed.ExportedVersion, failed.LastError));
        Assert.Equal((1, 2, 5), (hung.Exports, hung.FailedExports, hung.ExportedVersion));
        Assert.Contains("has not ended within", hung.LastError, StringComparison.Ordinal);
        Assert.Equal((2, 2, 10, null), (good.Exports, good.FailedExports, good.ExportedVersion, good.LastError));
    }
}
