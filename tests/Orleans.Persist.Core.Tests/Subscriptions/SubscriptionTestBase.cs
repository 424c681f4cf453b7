using Orleans.Persist.Core.Tests.Support;
using Orleans.Persist.Subscriptions;
using Orleans.Persist.TestKit;

namespace Orleans.Persist.Core.Tests.Subscriptions;

/// <summary>A source with events 1 to 10 and storage that outlives engines.</summary>
public abstract class SubscriptionTestBase : IAsyncLifetime
{
    private protected const string Source = TestEngine.SourceName;
    private protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private protected ManualTimeProvider Time { get; } = new();

    private protected TestStorage Storage { get; private set; } = null!;

    private protected TestEngine Engine { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Storage = new TestStorage(Time);
        Engine = await TestEngine.StartAsync(Storage, Time);
        await Engine.PublishAsync(1, 10);
    }

    public Task DisposeAsync() => Engine.DisposeAsync().AsTask();

    private protected async Task<INamedSubscription> CreateAsync(SubscriptionDefinition? definition = null, string name = "reader") =>
        await Engine.Engine.Subscriptions.CreateAsync(Source, name, definition ?? new SubscriptionDefinition());

    /// <summary>As after a crash: what is in memory is gone.</summary>
    private protected async Task<INamedSubscription> RestartAsync(string name = "reader")
    {
        await Engine.CrashAsync();
        Engine = await TestEngine.StartAsync(Storage, Time);
        return (await Engine.Engine.Subscriptions.FindAsync(Source, name))!;
    }

    private protected static async Task<SubscriptionLease> TakeAsync(INamedSubscription subscription, int max = 100, TimeSpan wait = default) =>
        await subscription.TakeAsync(max, wait).AsTask().WaitAsync(Patience);

    private protected static IReadOnlyList<long> Versions(SubscriptionLease lease) => [.. lease.Events.Select(e => e.Event.Version)];

    private protected static async Task<int> AcknowledgeAsync(INamedSubscription subscription, SubscriptionLease lease, params long[] versions) =>
        await subscription.AcknowledgeAsync(lease.Incarnation, versions.Length > 0 ? versions : [.. Versions(lease)]).AsTask().WaitAsync(Patience);
}
