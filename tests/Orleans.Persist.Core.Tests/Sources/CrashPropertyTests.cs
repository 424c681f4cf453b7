using FsCheck;
using FsCheck.Fluent;
using Orleans.Persist.Core.Tests.Support;
using Orleans.Persist.Sources;
using Orleans.Persist.TestKit;

namespace Orleans.Persist.Core.Tests.Sources;

/// <summary>Whatever happens in whatever order, a sink's state is the fold of all events that were published.</summary>
public sealed class CrashPropertyTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>What can happen to an engine and its sinks.</summary>
    public enum Step
    {
        Publish,
        PublishMany,
        Export,
        FailingExport,
        HangingExport,
        DamageNewest,
        Interval,
        Crash,
        CrashWhileBusy,
        Stop,
        RestartSink,
    }

    [Fact]
    [Trait("Requirement", "g.3.0")]
    public async Task Every_sinks_state_is_the_fold_of_all_published_events()
    {
        var steps = Gen.ListOf(Gen.Elements(Enum.GetValues<Step>())).Where(s => s.Count > 0).ToArbitrary();
        var options = Gen.Elements(0L, 1L, 3L, 10L).ToArbitrary();

        // FsCheck blocks its thread. One of its own leaves those of the pool to the code under test.
        await Task.Factory.StartNew(
            () => Prop.ForAll(steps, options, (s, every) => Run([.. s], every, truncate: s.Count % 2 == 0))
                .Check(Config.QuickThrowOnFailure.WithMaxTest(150).WithEndSize(40)),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
    }

    private static void Run(Step[] steps, long every, bool truncate) =>
        Task.Run(() => RunAsync(steps, every, truncate)).WaitAsync(TimeSpan.FromMinutes(2)).GetAwaiter().GetResult();

    private static async Task RunAsync(Step[] steps, long every, bool truncate)
    {
        var time = new ManualTimeProvider();
        var storage = new TestStorage(time);
        var published = 0;
        var engine = await StartAsync();
        foreach (var step in steps)
        {
            Assert.Empty(engine.Engine.Problems); // else a sink that has died shows only as a wait that does not end
            switch (step)
            {
                case Step.Publish:
                    await PublishAsync(1);
                    break;
                case Step.PublishMany:
                    await PublishAsync(7);
                    break;
                case Step.Export:
                    await engine.ExportAsync();
                    break;
                case Step.FailingExport:
                    storage.Snapshots.BeforeSave = (_, _) => throw new IOException("full");
                    await engine.ExportAsync();
                    storage.Snapshots.BeforeSave = null;
                    break;
                case Step.HangingExport:
                    var gate = new Gate();
                    storage.Snapshots.BeforeSave = (_, _) => gate.PassAsync();
                    var export = engine.ExportAsync();
                    await gate.Entered;
                    await PublishAsync(2);
                    time.Advance(TimeSpan.FromMinutes(1));
                    storage.Snapshots.BeforeSave = null;
                    gate.Open(); // the late write
                    await export;
                    break;
                case Step.DamageNewest:
                    if (!truncate)
                        await storage.Snapshots.DamageNewestAsync("$sink/gateway/a");
                    break;
                case Step.Interval:
                    time.Advance(TimeSpan.FromSeconds(60));
                    break;
                case Step.CrashWhileBusy:
                    await PublishAsync(5);
                    _ = engine.Source.ExportAsync().AsTask();
                    goto case Step.Crash;
                case Step.Crash:
                    await engine.CrashAsync();
                    engine = await StartAsync();
                    break;
                case Step.Stop:
                    await engine.Engine.StopAsync().WaitAsync(Patience);
                    await engine.CrashAsync();
                    engine = await StartAsync();
                    break;
                case Step.RestartSink:
                    await engine.Source.StopSinkAsync("b").AsTask().WaitAsync(Patience);
                    await engine.Source.StartSinkAsync(engine.Sinks[1]).AsTask().WaitAsync(Patience);
                    break;
            }
        }

        await engine.ReachedAsync(published);
        foreach (var sink in engine.Sinks)
            Assert.Equal(TestEngine.Numbers(1, published), sink.State.Applied);
        Assert.Empty(engine.Engine.Problems);
        await engine.DisposeAsync();

        Task<TestEngine> StartAsync() => TestEngine.StartAsync(
            storage,
            time,
            new EventSourceOptions { ExportEvery = every, ExportInterval = TimeSpan.FromSeconds(60), TruncateExported = truncate },
            new LogSink("a"),
            new LogSink("b"));

        async Task PublishAsync(int count)
        {
            await engine.PublishAsync(published + 1, published + count);
            published += count;
        }
    }
}
