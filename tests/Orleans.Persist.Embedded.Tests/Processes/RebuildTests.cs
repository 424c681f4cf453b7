using Orleans.Persist.Processes;
using Orleans.Persist.TestKit.Conformance;
using Orleans.Persist.TestKit.Faults;

namespace Orleans.Persist.Embedded.Tests.Processes;

public sealed class RebuildTests
{
    private const int Actors = 40;
    private const int Each = 25;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    [Trait("Requirement", "m.6")]
    public async Task Many_actors_are_rebuilt_from_one_pass_over_the_log_and_not_from_a_read_for_each_of_their_messages()
    {
        var directory = new FaultyDirectory();
        var text = new string('x', 1_000); // the messages of one actor are far from each other, as in a log of many
        await RunAsync(async (host, _) =>
        {
            for (var i = 0; i < Each; i++)
                await Task.WhenAll(Enumerable.Range(0, Actors).Select(a => host.CallAsync(Actor(a), new ConformanceMessage(text)))).WaitAsync(Limit);
        });

        await RunAsync(async (host, storage) =>
        {
            await foreach (var head in storage.Journal.ListStreamsAsync(ConformanceActor.Kind + "/"))
                Assert.Equal(Each, head.Version); // and the heads are known
            var before = directory.Disk.Count(StorageOperation.Read);
            var report = await host.RebuildAsync(ConformanceActor.Kind).WaitAsync(Limit);
            Assert.Equal((Actors, Actors * Each), (report.Processes, (int)report.Events));
            Assert.InRange(directory.Disk.Count(StorageOperation.Read) - before, 1, Actors * Each / 4);
            for (var a = 0; a < Actors; a++)
                Assert.Equal(Each, (await host.GetActiveStateAsync<ConformanceLog>(Actor(a)).WaitAsync(Limit)).State.Texts.Count);
        });

        async Task RunAsync(Func<ProcessHost, EmbeddedStorage, Task> run)
        {
            await using var storage = await EmbeddedStorage.OpenAsync(directory);
            await using var host = Host(storage, null);
            await run(host, storage);
        }
    }

    [Fact]
    [Trait("Requirement", "m.6")]
    public async Task A_rebuild_that_is_cancelled_ends_once_nobody_is_at_the_actors_any_more_and_their_next_message_recovers_them()
    {
        var directory = new FaultyDirectory();
        await using (var storage = await EmbeddedStorage.OpenAsync(directory))
        {
            await using var host = Host(storage, null);
            for (var i = 0; i < Each; i++)
                await host.CallAsync(Actor(0), new ConformanceMessage($"{i}")).WaitAsync(Limit);
        }

        using var gate = new ManualResetEventSlim();
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var again = await EmbeddedStorage.OpenAsync(directory);
        await using var rebuilding = Host(again, (_, message) =>
        {
            if (message.Text != "3" || !entered.TrySetResult())
                return;
            Assert.True(gate.Wait(Limit));
        });
        using var cancel = new CancellationTokenSource();
        var rebuild = rebuilding.RebuildAsync(ConformanceActor.Kind, cancellationToken: cancel.Token);
        await entered.Task.WaitAsync(Limit);
        await cancel.CancelAsync();
        var next = rebuilding.CallAsync(Actor(0), new ConformanceMessage("next"));
        for (var i = 0; i < 10_000; i++)
            await Task.Yield();
        Assert.False(rebuild.IsCompleted);
        Assert.False(next.IsCompleted);
        gate.Set();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rebuild.WaitAsync(Limit));
        Assert.Equal(Each + 1, await next.WaitAsync(Limit));
        var state = (await rebuilding.GetActiveStateAsync<ConformanceLog>(Actor(0)).WaitAsync(Limit)).State;
        Assert.Equal([.. Enumerable.Range(0, Each).Select(i => $"{i}"), "next"], state.Texts);
    }

    private static ProcessHost Host(EmbeddedStorage storage, Action<ConformanceActor, ConformanceMessage>? differ) => new(
        storage,
        [
            ProcessDefinition.Journaled<ConformanceActor, ConformanceLog, ConformanceMessage>(
                ConformanceActor.Kind, () => new ConformanceActor(differ), new() { Kernel = new() { Snapshots = SnapshotPolicy.Never } }),
        ]);

    private static ProcessId Actor(int key) => new(ConformanceActor.Kind, $"{key}");
}
