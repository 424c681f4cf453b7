using System.Text;
using Orleans.Persist.Core.Tests.Support;
using Orleans.Persist.Scopes;
using Orleans.Persist.TestKit;

namespace Orleans.Persist.Core.Tests.Scopes;

/// <summary>A store on a memory journal that outlives it, with a clock that a test moves.</summary>
public abstract class ScopedStoreTestBase : IAsyncLifetime
{
    protected static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    protected ScopedStoreTestBase() => Storage = new TestStorage(Time);

    protected ManualTimeProvider Time { get; } = new();

    private protected TestStorage Storage { get; }

    protected ScopedStoreOptions Options { get; } = new();

    protected ScopedStore Store { get; private set; } = null!;

    public async Task InitializeAsync() => Store = await OpenAsync();

    public async Task DisposeAsync() => await Store.DisposeAsync().AsTask().WaitAsync(Limit);

    protected Task<ScopedStore> OpenAsync() => ScopedStore.OpenAsync(Storage.Journal, Options, Time).WaitAsync(Limit);

    /// <summary>Opens another store on what is in the journal, as after a crash.</summary>
    protected async Task CrashAsync()
    {
        // What was acknowledged is in the journal already. A store of a process that is gone does not go on compacting beside its successor.
        await Store.DisposeAsync().AsTask().WaitAsync(Limit);
        Store = await OpenAsync();
    }

    protected Task SaveAsync(ScopedLocation location, string value, int seconds = 0) =>
        Store.SaveAsync(location, Encoding.UTF8.GetBytes(value), TimeSpan.FromSeconds(seconds)).AsTask().WaitAsync(Limit);

    protected Task DeleteAsync(ScopedLocation location) => Store.DeleteAsync(location).AsTask().WaitAsync(Limit);

    /// <summary>The value, or <c>Missing</c> or <c>Expired</c>.</summary>
    protected async Task<string> LoadAsync(ScopedLocation location)
    {
        var result = await Store.TryLoadAsync(location).AsTask().WaitAsync(Limit);
        return result.Outcome is LoadOutcome.Found ? Encoding.UTF8.GetString(result.Value.Span) : result.Outcome.ToString();
    }

    protected void Pass(double seconds) => Time.Advance(TimeSpan.FromSeconds(seconds));
}
