using Orleans.Persist.Scopes;

namespace Orleans.Persist.Core.Tests.Scopes;

public sealed class ScopedExpiryTests : ScopedStoreTestBase
{
    private static readonly ScopedLocation Location = Scope.Instance("b", "i").Key("k");

    [Fact]
    [Trait("Requirement", "t.3")]
    [Trait("Requirement", "t.4")]
    public async Task A_value_expires_to_the_millisecond_and_its_key_is_remembered_for_30_seconds()
    {
        await SaveAsync(Location, "v", 5);
        Pass(4.999);
        Assert.Equal("v", await LoadAsync(Location));
        Pass(0.001);
        Assert.Equal("Expired", await LoadAsync(Location));
        Pass(29.999);
        Assert.Equal("Expired", await LoadAsync(Location));
        Pass(0.001);
        Assert.Equal("Missing", await LoadAsync(Location));
    }

    [Fact]
    [Trait("Requirement", "t.3")]
    [Trait("Requirement", "t.4")]
    public async Task After_a_restart_expired_is_expired_and_remembered_is_remembered()
    {
        await SaveAsync(Location, "v", 5);
        await SaveAsync(Scope.Global.Key("lives"), "v", 500);
        await CrashAsync();
        Assert.Equal("v", await LoadAsync(Location));
        Pass(5);
        await CrashAsync();
        Assert.Equal("Expired", await LoadAsync(Location));
        Pass(29);
        await CrashAsync();
        Assert.Equal("Expired", await LoadAsync(Location));
        Pass(1);
        await CrashAsync();
        Assert.Equal("Missing", await LoadAsync(Location));
        Assert.Equal("v", await LoadAsync(Scope.Global.Key("lives")));
        Assert.Equal(1, Store.Count);
    }

    [Theory]
    [Trait("Requirement", "t.3")]
    [InlineData(ScopeKind.Global, 604_800)]
    [InlineData(ScopeKind.Bridge, 604_800)]
    [InlineData(ScopeKind.Instance, 20)]
    public async Task A_time_to_live_of_0_is_the_default_of_the_scope(ScopeKind kind, int seconds)
    {
        var location = (kind switch
        {
            ScopeKind.Global => Scope.Global,
            ScopeKind.Bridge => Scope.Bridge("b"),
            _ => Scope.Instance("b", "i"),
        }).Key("k");
        Options.SweepInterval = TimeSpan.FromHours(1); // a week has many seconds
        await CrashAsync();
        await SaveAsync(location, "v");
        Pass(seconds - 1);
        Assert.Equal("v", await LoadAsync(location));
        Pass(1);
        Assert.Equal("Expired", await LoadAsync(location));
    }

    [Fact]
    [Trait("Requirement", "t.3")]
    public async Task The_longest_time_to_live_is_kept()
    {
        await SaveAsync(Location, "v", int.MaxValue);
        Assert.Equal(LoadOutcome.Found, await LaterAsync(int.MaxValue - 1.0));
        Assert.Equal(LoadOutcome.Expired, await LaterAsync(int.MaxValue));
        Assert.Equal(LoadOutcome.Missing, await LaterAsync(int.MaxValue + 30.0));

        async Task<LoadOutcome> LaterAsync(double seconds)
        {
            await using var store = await ScopedStore.OpenAsync(Storage.Journal, Options, new TestKit.ManualTimeProvider(Time.GetUtcNow().AddSeconds(seconds)));
            return (await store.TryLoadAsync(Location)).Outcome;
        }
    }

    [Fact]
    [Trait("Requirement", "t.3")]
    public async Task A_save_begins_the_time_to_live_anew()
    {
        await SaveAsync(Location, "1", 5);
        Pass(4);
        await SaveAsync(Location, "2", 5);
        Pass(4);
        Assert.Equal("2", await LoadAsync(Location));
        await SaveAsync(Location, "3", 1);
        Pass(1);
        Assert.Equal("Expired", await LoadAsync(Location));
        await SaveAsync(Location, "4", 5);
        Pass(4);
        Assert.Equal("4", await LoadAsync(Location));
    }

    [Fact]
    [Trait("Requirement", "t.4")]
    public async Task A_delete_also_forgets_that_a_value_has_expired()
    {
        await SaveAsync(Location, "v", 1);
        Pass(2);
        await DeleteAsync(Location);
        Assert.Equal("Missing", await LoadAsync(Location));
        await CrashAsync();
        Assert.Equal("Missing", await LoadAsync(Location));
    }

    [Fact]
    [Trait("Requirement", "t.8")]
    public async Task Values_and_then_their_keys_leave_memory_without_being_asked_for()
    {
        for (var i = 0; i < 5_000; i++)
            await Store.SaveAsync(Scope.Bridge("b").Key($"{i}"), new byte[100], TimeSpan.FromSeconds(1 + (i % 1_000)));
        var full = Store.Bytes;
        Pass(500);
        Assert.Equal(5_000 - (5 * 470), Store.Count); // those of the last 30 seconds are remembered
        Assert.Equal(full - (5 * 470 * (full / 5_000)), Store.Bytes + (5 * 30 * 100), 20_000.0);
        Pass(531);
        Assert.Equal((0, 0), (Store.Count, Store.Bytes));
    }

    [Fact]
    public async Task A_clock_that_was_set_back_does_not_bring_back_what_had_expired()
    {
        await SaveAsync(Location, "v", 5);
        Pass(1000);
        await SaveAsync(Scope.Global.Key("other"), "v", 5000);
        await using var store = await ScopedStore.OpenAsync(Storage.Journal, Options, new TestKit.ManualTimeProvider(Time.GetUtcNow().AddSeconds(-999)));
        Assert.Equal(LoadOutcome.Missing, (await store.TryLoadAsync(Location)).Outcome);
    }
}
