using Orleans.Persist.Processes;
using Xunit;

namespace Orleans.Persist.TestKit.Conformance;

/// <summary>Rebuilding many actors at once on the plug-in.</summary>
/// <typeparam name="TFixture">The plug-in under test.</typeparam>
public abstract class ProcessRebuildConformance<TFixture> : ProcessConformance<TFixture>
    where TFixture : StorageFixture, new()
{
    private const int Actors = 40;
    private const int Each = 25;

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [Trait("Requirement", "m.6")]
    [Trait("Requirement", "m.2")]
    public async Task All_actors_of_a_kind_are_rebuilt_at_once_and_equal_those_rebuilt_one_by_one(int snapshotEvery)
    {
        var options = new KernelOptions<ConformanceLog, ConformanceMessage> { Snapshots = new SnapshotPolicy { EveryEvents = snapshotEvery } };
        var host = await StartAsync(actors: options);
        await FillAsync(host);
        var expected = new List<IReadOnlyList<string>>();
        for (var a = 0; a < Actors; a++)
            expected.Add((await host.GetStateAsync<ConformanceLog>(Actor($"{a}"), new RecoveryOptions { UseSnapshots = false }, Limit)).State.Texts);
        await NoteAsync(host, "other", "not of the kind");
        host = await CrashAsync(host, () => StartAsync(actors: options));

        var report = await host.RebuildAsync(ConformanceActor.Kind, cancellationToken: Limit);

        Assert.Empty(report.Failed);
        Assert.Equal(Actors, report.Processes);
        Assert.Equal(Actors, host.ActiveCount);
        if (snapshotEvery == 0)
            Assert.Equal(Actors * Each, report.Events);
        else
            Assert.InRange(report.Events, 0, (Actors * Each) - 1);
        for (var a = 0; a < Actors; a++)
        {
            Assert.Equal(expected[a].Count + 1, await TellAsync(host, $"{a}", new("more")));
            Assert.Equal([.. expected[a], "more"], (await StoredAsync(host, $"{a}")).Texts);
        }

        await host.StopAsync(Limit);
    }

    [Fact]
    [Trait("Requirement", "m.6")]
    public async Task Messages_that_arrive_during_a_rebuild_wait_and_those_in_memory_are_left_alone()
    {
        var host = await StartAsync();
        await FillAsync(host);
        host = await CrashAsync(host);
        Assert.Equal(Each + 1, await TellAsync(host, "0", new("before")));

        var rebuild = host.RebuildAsync(ConformanceActor.Kind, cancellationToken: Limit);
        var calls = Enumerable.Range(0, Actors).Select(a => TellAsync(host, $"{a}", new("meanwhile"))).ToArray();
        var report = await rebuild.WaitAsync(Limit);

        await Task.WhenAll(calls).WaitAsync(Limit);
        Assert.Empty(report.Failed);
        Assert.Equal([Each + 2, .. Enumerable.Repeat(Each + 1, Actors - 1)], calls.Select(c => (int)c.Result!));
        Assert.Equal(0, (await host.RebuildAsync(ConformanceActor.Kind, cancellationToken: Limit)).Events);
        await host.StopAsync(Limit);
    }

    [Fact]
    [Trait("Requirement", "m.6")]
    [Trait("Requirement", "m.9")]
    public async Task One_that_cannot_be_rebuilt_is_reported_and_holds_up_no_other()
    {
        var host = await StartAsync();
        await FillAsync(host);
        host = await CrashAsync(host, () => StartAsync(differ: (actor, message) =>
        {
            if (actor.Id.Key == "3" && message.Text == "10")
                actor.Dice.Next();
        }));
        var report = await host.RebuildAsync(ConformanceActor.Kind, cancellationToken: Limit);
        var (id, error) = Assert.Single(report.Failed);
        Assert.Equal(Actor("3"), id);
        Assert.Equal(11, Assert.IsType<ReplayDivergedException>(error).Version);
        Assert.Equal(Actors - 1, report.Processes);
        Assert.Equal(Each + 1, await TellAsync(host, "4", new("more")));
        await host.StopAsync(Limit);
    }

    private Task FillAsync(ProcessHost host) => Task.WhenAll(Enumerable.Range(0, Actors).Select(async a =>
    {
        for (var i = 0; i < Each; i++)
            await TellAsync(host, $"{a}", new($"{i}"));
    })).WaitAsync(Limit);
}
