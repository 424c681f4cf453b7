using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;
using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;
using Orleans.Persist.Processes;
using Orleans.Persist.TestKit.Conformance;
using Orleans.Persist.TestKit.Faults;
using Xunit.Abstractions;

namespace Orleans.Persist.Embedded.Tests.Processes;

/// <summary>The power fails in the middle of persists, again and again: what was acknowledged is there once and in order, what was not is there whole or not at all.</summary>
/// <remarks>The seed of a run that fails is printed; put it in as a fixed one to see it again.</remarks>
public sealed class PowerLossTests(ITestOutputHelper output)
{
    private const int Processes = 6;
    private const ulong Gamma = 0x9E3779B97F4A7C15;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(false, 0)]
    [InlineData(false, 3)]
    [InlineData(true, 0)]
    [InlineData(true, 3)]
    [Trait("Requirement", "p.1")]
    [Trait("Requirement", "p.7")]
    [Trait("Requirement", "m.2")]
    [Trait("Requirement", "m.7")]
    public async Task After_power_losses_the_rebuilt_states_are_those_that_were_acknowledged(bool journaled, long snapshotEvery)
    {
        var seed = (ulong)Random.Shared.NextInt64();
        output.WriteLine($"seed {seed}");
        var losses = Gen.ListOf(Gen.Zip(Gen.Choose(0, 40), Gen.Choose(0, int.MaxValue - 1)), 4).ToArbitrary();
        var config = Config.QuickThrowOnFailure.WithMaxTest(8).WithQuietOnSuccess(true)
            .WithReplay(FSharpOption<Replay>.Some(new Replay(new Rnd(seed, Gamma), FSharpOption<int>.None)));
        await Task.Factory.StartNew(
            () => Prop.ForAll(losses, l => Task.Run(() => RunAsync([.. l], journaled, snapshotEvery)).WaitAsync(TimeSpan.FromMinutes(2)).GetAwaiter().GetResult()).Check(config),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
    }

    private static async Task RunAsync((int Changes, int Seed)[] losses, bool journaled, long snapshotEvery)
    {
        var directory = new FaultyDirectory();
        var sure = Enumerable.Range(0, Processes).Select(_ => new List<string>()).ToArray();
        var number = 0;
        foreach (var (changes, seed) in losses)
        {
            var unsure = new string[Processes][];
            await using (var storage = await OpenAsync(directory))
            {
                var host = Host(storage, snapshotEvery);
                await CompareAsync(host);
                directory.Disk.CutPowerAfter(changes);
                await Task.WhenAll(Enumerable.Range(0, Processes).Select(p => Task.Run(async () =>
                {
                    while (true)
                    {
                        var batch = Enumerable.Range(0, journaled ? 1 : 1 + (p % 3)).Select(_ => $"{Interlocked.Increment(ref number)}").ToArray();
                        unsure[p] = batch;
                        try
                        {
                            if (journaled)
                                await host.CallAsync(new ProcessId(ConformanceActor.Kind, $"{p}"), new ConformanceMessage(batch[0]) { Draws = 2 }).WaitAsync(Patience);
                            else
                                await host.CallAsync(new ProcessId(ConformanceProcess.Kind, $"{p}"), ConformanceProcess.Note(batch)).WaitAsync(Patience);
                        }
                        catch (JournalException)
                        {
                            return;
                        }

                        sure[p].AddRange(batch);
                        unsure[p] = [];
                    }
                })));
                await host.AbortAsync();
                await host.DisposeAsync();
            }

            directory = directory.PowerLoss(seed);
            await using var reopened = await OpenAsync(directory);
            var after = Host(reopened, snapshotEvery);
            for (var p = 0; p < Processes; p++)
            {
                var texts = await StateAsync(after, p, useSnapshots: true);
                string[] whole = [.. sure[p], .. unsure[p]];
                Assert.True(texts.SequenceEqual(sure[p]) || texts.SequenceEqual(whole), $"Process {p} has {string.Join(' ', texts)}; acknowledged were {string.Join(' ', sure[p])}, under way {string.Join(' ', unsure[p])}.");
                sure[p] = [.. texts];
            }

            await CompareAsync(after);
            await after.AbortAsync();
            await after.DisposeAsync();
        }

        async Task CompareAsync(ProcessHost host)
        {
            for (var p = 0; p < Processes; p++)
                Assert.Equal(sure[p], await StateAsync(host, p, useSnapshots: false));
        }

        async Task<IReadOnlyList<string>> StateAsync(ProcessHost host, int p, bool useSnapshots)
        {
            var id = new ProcessId(journaled ? ConformanceActor.Kind : ConformanceProcess.Kind, $"{p}");
            var state = await host.GetStateAsync<ConformanceLog>(id, new RecoveryOptions { UseSnapshots = useSnapshots }).AsTask().WaitAsync(Patience);
            return [.. state.State.Texts.Where(t => t.Length < 10)]; // without what was drawn; that it is the same is checked by every recovery
        }
    }

    private static Task<EmbeddedStorage> OpenAsync(FaultyDirectory directory) =>
        EmbeddedStorage.OpenAsync(directory, new EmbeddedOptions { SegmentBytes = 64 << 10, CloseTimeout = TimeSpan.FromSeconds(5) });

    private static ProcessHost Host(IStorage storage, long snapshotEvery)
    {
        var snapshots = new SnapshotPolicy { EveryEvents = snapshotEvery, OnPassivation = false };
        var hour = TimeSpan.FromHours(1);
        return new ProcessHost(
            storage,
            [
                ProcessDefinition.Persistent(ConformanceProcess.Kind, () => new ConformanceProcess(), new ProcessOptions<ConformanceLog, ConformanceEvent> { Kernel = new() { Snapshots = snapshots, RecoveryTimeout = hour, AppendTimeout = hour } }),
                ProcessDefinition.Journaled(ConformanceActor.Kind, () => new ConformanceActor(), new ProcessOptions<ConformanceLog, ConformanceMessage> { Kernel = new() { Snapshots = snapshots, RecoveryTimeout = hour, AppendTimeout = hour } }),
            ],
            time: new HastyTimeProvider());
    }

    /// <summary>The system's clock with timers that fire fifty times too early: the pauses between attempts to reach a disk that is off.</summary>
    private sealed class HastyTimeProvider : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime == Timeout.InfiniteTimeSpan ? dueTime : dueTime / 50, period);
    }
}
