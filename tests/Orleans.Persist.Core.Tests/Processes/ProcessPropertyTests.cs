using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;
using Orleans.Persist.Journal;
using Orleans.Persist.Processes;
using Orleans.Persist.Serialization;
using Orleans.Persist.TestKit.Conformance;
using Xunit.Abstractions;
using static Orleans.Persist.Core.Tests.Processes.ProcessWorld;

namespace Orleans.Persist.Core.Tests.Processes;

/// <summary>Whatever happens in whatever order, the rebuilt state is what was acknowledged: each event once, in order; a batch without an answer is there whole or not at all.</summary>
/// <remarks>The seed of a run that fails is printed; put it in as a fixed one to see it again.</remarks>
public sealed class ProcessPropertyTests(ITestOutputHelper output)
{
    private const ulong Gamma = 0x9E3779B97F4A7C15;

    /// <summary>What can happen to a host and its process.</summary>
    public enum Step
    {
        One,
        Batch,
        Failing,
        LostAnswer,
        Throwing,
        Snapshot,
        DamageSnapshot,
        Crash,
        CrashBeforeStored,
        CrashAfterStored,
        Stop,
        Rebuild,
        Idle,
        Look,
    }

    public static TheoryData<bool, long, bool> Cases => new()
    {
        { false, 0, false }, { false, 2, false }, { false, 0, true }, { false, 3, true },
        { true, 0, false }, { true, 2, false }, { true, 0, true }, { true, 3, true },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    [Trait("Requirement", "p.1")]
    [Trait("Requirement", "p.7")]
    [Trait("Requirement", "p.10")]
    [Trait("Requirement", "m.2")]
    public async Task The_rebuilt_state_is_the_state_that_was_acknowledged(bool journaled, long snapshotEvery, bool adapters)
    {
        var seed = (ulong)Random.Shared.NextInt64();
        output.WriteLine($"seed {seed}");
        var steps = Gen.ListOf(Gen.Elements(Enum.GetValues<Step>())).Where(s => s.Count > 0).ToArbitrary();
        var config = Config.QuickThrowOnFailure.WithMaxTest(40).WithEndSize(40).WithQuietOnSuccess(true)
            .WithReplay(FSharpOption<Replay>.Some(new Replay(new Rnd(seed, Gamma), FSharpOption<int>.None)));

        // FsCheck blocks its thread. One of its own leaves those of the pool to the code under test.
        await Task.Factory.StartNew(
            () => Prop.ForAll(steps, s => Task.Run(() => RunAsync([.. s], journaled, snapshotEvery, adapters)).WaitAsync(TimeSpan.FromMinutes(2)).GetAwaiter().GetResult()).Check(config),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
    }

    private static async Task RunAsync(Step[] steps, bool journaled, long snapshotEvery, bool adapters)
    {
        var snapshots = new SnapshotPolicy { EveryEvents = snapshotEvery, OnPassivation = snapshotEvery > 0 };
        await using var world = new ProcessWorld
        {
            Persistent = new() { Kernel = new() { Snapshots = snapshots, Events = adapters ? Adapted() : EventTypes<ConformanceEvent>.Default } },
            Journaled = new() { Kernel = new() { Snapshots = snapshots, Events = adapters ? AdaptedMessages() : EventTypes<ConformanceMessage>.Default } },
        };
        var stream = journaled ? "actor/a" : "conformance/a";
        var suffix = adapters ? "+" : "";
        var expected = new List<string>();
        if (adapters)
        {
            await world.Storage.Memory.AppendAsync(stream, ExpectedVersion.Any, new EventData { Type = "old", Time = world.Time.GetUtcNow(), Data = "{\"text\":\"from of old\"}"u8.ToArray() });
            expected.Add("from of old");
        }

        var host = await world.StartAsync();
        var count = 0;
        foreach (var step in steps)
        {
            world.Time.Advance(TimeSpan.FromMilliseconds(7));
            var batch = Enumerable.Range(0, step == Step.Batch || count % 3 == 0 ? 3 : 1).Select(_ => $"{count++}").Take(journaled ? 1 : 3).ToArray();
            switch (step)
            {
                case Step.One:
                case Step.Batch:
                    await AcknowledgedAsync(batch);
                    break;
                case Step.Failing:
                    world.Journal.BeforeAppend = _ => throw new JournalUnavailableException("down");
                    await Assert.ThrowsAsync<JournalUnavailableException>(() => world.PassAsync(PersistAsync(batch)));
                    world.Journal.BeforeAppend = null;
                    break;
                case Step.LostAnswer:
                    world.Journal.AfterAppend = _ =>
                    {
                        world.Journal.AfterAppend = null;
                        throw new JournalUnavailableException("The answer got lost.");
                    };
                    await AcknowledgedAsync(batch);
                    break;
                case Step.Throwing:
                    await Assert.ThrowsAsync<InvalidOperationException>(() => journaled
                        ? TellAsync(host, "a", new("no") { Throw = true, Draws = 1 })
                        : DoAsync(host, "a", p =>
                        {
                            _ = p.Keep("no");
                            throw new InvalidOperationException("No.");
                        }));
                    break;
                case Step.Snapshot when !journaled:
                    await DoAsync(host, "a", async p =>
                    {
                        await p.Save();
                        return null;
                    });
                    break;
                case Step.DamageSnapshot:
                    await world.Storage.Snapshots.DamageNewestAsync(stream);
                    await RestartAsync(stop: false);
                    break;
                case Step.CrashBeforeStored:
                case Step.CrashAfterStored:
                    world.Journal.BeforeAppend = async _ =>
                    {
                        if (step == Step.CrashBeforeStored)
                            await DieAsync();
                    };
                    world.Journal.AfterAppend = _ => DieAsync().GetAwaiter().GetResult();
                    await Assert.ThrowsAnyAsync<Exception>(() => world.PassAsync(PersistAsync(batch)));
                    (world.Journal.BeforeAppend, world.Journal.AfterAppend) = (null, null);
                    if (step == Step.CrashAfterStored)
                        expected.AddRange(batch.Select(t => t + suffix)); // it is durable, though nobody was told
                    await RestartAsync(stop: false);
                    break;
                case Step.Crash:
                    await RestartAsync(stop: false);
                    break;
                case Step.Stop:
                    await RestartAsync(stop: true);
                    break;
                case Step.Rebuild:
                    await RestartAsync(stop: false);
                    Assert.Empty((await host.RebuildAsync(journaled ? ConformanceActor.Kind : ConformanceProcess.Kind)).Failed);
                    break;
                case Step.Idle:
                    world.Time.Advance(TimeSpan.FromMinutes(11));
                    break;
                case Step.Look:
                    await CompareAsync();
                    break;
            }
        }

        await CompareAsync();
        await RestartAsync(stop: false);
        await CompareAsync();
        if (journaled)
            Assert.Null(await host.CheckReplayAsync(Actor("a")));

        async Task CompareAsync()
        {
            var id = journaled ? Actor("a") : Process("a");
            var fromSnapshot = (await host.GetStateAsync<ConformanceLog>(id)).State.Texts;
            var whole = (await host.GetStateAsync<ConformanceLog>(id, new RecoveryOptions { UseSnapshots = false })).State.Texts;
            Assert.Equal(whole, fromSnapshot);
            if (!journaled)
            {
                Assert.Equal(expected, whole);
                Assert.Equal(expected, await LiveAsync(host, "a"));
                return;
            }

            Assert.Equal(expected, whole.Where(t => !t.StartsWith("drawn", StringComparison.Ordinal) && t.Length < 12));
            var live = await TellAsync(host, "a", new("look"));
            expected.Add("look" + suffix);
            Assert.Equal(whole.Count + 1, live);
        }

        async Task AcknowledgedAsync(string[] batch)
        {
            await world.PassAsync(PersistAsync(batch));
            expected.AddRange(batch.Select(t => t + suffix));
        }

        async Task<object?> PersistAsync(string[] batch) => journaled
            ? await TellAsync(host, "a", new(batch[0]) { Draws = count % 3, Stamp = count % 4 == 0 })
            : await NoteAsync(host, "a", batch);

        async Task DieAsync()
        {
            await host.AbortAsync();
            throw new JournalUnavailableException("The host is dead.");
        }

        async Task RestartAsync(bool stop)
        {
            if (stop)
                await host.StopAsync().WaitAsync(Patience);
            await host.AbortAsync();
            host = await world.StartAsync();
        }
    }

    private static EventTypes<ConformanceEvent> Adapted() => EventTypes<ConformanceEvent>.Create(types => types
        .Add<ConformanceEvent>()
        .AddOld<ConformanceNote>("old", 1, (old, _) => [new ConformanceEvent(old.Text)])
        .Tag<ConformanceEvent>(e => [e.Text])
        .Transform<ConformanceEvent>(e => e with { Text = e.Text + "+" }));

    private static EventTypes<ConformanceMessage> AdaptedMessages() => EventTypes<ConformanceMessage>.Create(types => types
        .Add<ConformanceMessage>()
        .AddOld<ConformanceNote>("old", 1, (old, _) => [new ConformanceMessage(old.Text)])
        .Tag<ConformanceMessage>(e => [e.Text])
        .Transform<ConformanceMessage>(e => e with { Text = e.Text + "+" }));
}
