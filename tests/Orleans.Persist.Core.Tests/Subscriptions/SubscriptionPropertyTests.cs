using FsCheck;
using FsCheck.Fluent;
using Orleans.Persist.Core.Tests.Support;
using Orleans.Persist.Journal;
using Orleans.Persist.Subscriptions;
using Orleans.Persist.TestKit;

namespace Orleans.Persist.Core.Tests.Subscriptions;

/// <summary>Whatever happens in whatever order: nothing is lost, and nothing comes again whose acknowledgement was answered.</summary>
public sealed class SubscriptionPropertyTests
{
    private static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(30);

    public enum Step
    {
        Publish,
        Take,
        TakeOne,
        Acknowledge,
        AcknowledgeHalf,
        FailingAcknowledge,
        LostAcknowledge,
        Release,
        Wait,
        Restart,
    }

    [Fact]
    public async Task Every_event_is_settled_and_none_comes_again_after_that()
    {
        var steps = Gen.ListOf(Gen.Elements(Enum.GetValues<Step>())).Where(s => s.Count > 0).ToArbitrary();

        await Task.Factory.StartNew(
            () => Prop.ForAll(steps, s => Task.Run(() => RunAsync([.. s])).WaitAsync(TimeSpan.FromMinutes(2)).GetAwaiter().GetResult())
                .Check(Config.QuickThrowOnFailure.WithMaxTest(200).WithEndSize(60)),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
    }

    private static async Task RunAsync(Step[] steps)
    {
        var time = new ManualTimeProvider();
        var storage = new TestStorage(time);
        var engine = await TestEngine.StartAsync(storage, time);
        var subscription = await engine.Engine.Subscriptions.CreateAsync(TestEngine.SourceName, "r", new SubscriptionDefinition { MaxOutstanding = 7, LeaseTime = LeaseTime });
        var published = 0;
        var settled = new HashSet<long>();
        var held = new List<(SubscriptionLease Lease, DateTimeOffset Until)>();
        foreach (var step in steps)
            await RunAsync(step);
        await engine.PublishAsync(1, 1);
        published++;
        time.Advance(LeaseTime);
        while ((await TakeAsync(100)) is { Events.Count: > 0 } last)
            await AcknowledgeAsync(last, 1);
        Assert.Equal(Enumerable.Range(1, published).Select(version => (long)version), settled.Order());
        Assert.Equal(0, (await subscription.GetStatusAsync()).Behind);
        await engine.DisposeAsync();

        async Task RunAsync(Step step)
        {
            switch (step)
            {
                case Step.Publish:
                    await engine.PublishAsync(1, 3);
                    published += 3;
                    break;
                case Step.Take or Step.TakeOne:
                    if (await TakeAsync(step == Step.Take ? 4 : 1) is { Events.Count: > 0 } lease)
                        held.Add((lease, time.GetUtcNow() + LeaseTime));
                    break;
                case Step.Acknowledge or Step.AcknowledgeHalf when held.Count > 0:
                    await AcknowledgeAsync(held[0].Lease, step == Step.Acknowledge ? 1 : 2);
                    held.RemoveAt(0);
                    break;
                case Step.FailingAcknowledge when held.Count > 0:
                    storage.Journal.BeforeAppend = _ => throw new JournalUnavailableException("no");
                    await FailAsync();
                    break;
                case Step.LostAcknowledge when held.Count > 0:
                    storage.Journal.AfterAppend = _ => throw new JournalUnavailableException("lost");
                    await FailAsync();
                    break;
                case Step.Release when held.Count > 0:
                    await subscription.ReleaseAsync(held[^1].Lease.Id);
                    held.RemoveAt(held.Count - 1);
                    break;
                case Step.Wait:
                    time.Advance(LeaseTime / 2);
                    break;
                case Step.Restart:
                    await engine.CrashAsync();
                    engine = await TestEngine.StartAsync(storage, time);
                    subscription = (await engine.Engine.Subscriptions.FindAsync(TestEngine.SourceName, "r"))!;
                    held.Clear();
                    break;
            }
        }

        async Task<SubscriptionLease> TakeAsync(int max)
        {
            var lease = await subscription.TakeAsync(max, TimeSpan.Zero);
            var elsewhere = held.Where(h => h.Until > time.GetUtcNow()).SelectMany(h => h.Lease.Events).Select(e => e.Event.Version).ToHashSet();
            Assert.All(lease.Events, e => Assert.False(settled.Contains(e.Event.Version) || elsewhere.Contains(e.Event.Version), $"{e.Event.Version} came again"));
            return lease;
        }

        async Task AcknowledgeAsync(SubscriptionLease lease, int every)
        {
            var versions = lease.Events.Where((_, i) => i % every == 0).Select(e => e.Event.Version).ToArray();
            await subscription.AcknowledgeAsync(lease.Incarnation, versions);
            settled.UnionWith(versions);
        }

        // An error is tried again, as a reader would; that one's answer counts.
        async Task FailAsync()
        {
            var versions = held[0].Lease.Events.Select(e => e.Event.Version).ToArray();
            try
            {
                await subscription.AcknowledgeAsync(held[0].Lease.Incarnation, versions);
            }
            catch (JournalUnavailableException)
            {
            }

            storage.Journal.BeforeAppend = null;
            storage.Journal.AfterAppend = null;
            await subscription.AcknowledgeAsync(held[0].Lease.Incarnation, versions);
            held.RemoveAt(0);
            settled.UnionWith(versions);
        }
    }
}
