using System.Text;
using Orleans.Persist.Scopes;

namespace Orleans.Persist.Core.Tests.Scopes;

public sealed class ScopedStoreTests : ScopedStoreTestBase
{
    [Fact]
    [Trait("Requirement", "t.1")]
    public async Task Values_are_saved_loaded_and_deleted_at_three_scopes()
    {
        ScopedLocation[] locations = [Scope.Global.Key("k"), Scope.Bridge("b").Key("k"), Scope.Instance("b", "i").Key("k")];
        foreach (var location in locations)
            await SaveAsync(location, $"at {location}");
        foreach (var location in locations)
            Assert.Equal($"at {location}", await LoadAsync(location));
        foreach (var location in locations)
        {
            await DeleteAsync(location);
            Assert.Equal("Missing", await LoadAsync(location));
        }

        Assert.Equal((0, 0), (Store.Count, Store.Bytes));
    }

    [Fact]
    [Trait("Requirement", "t.2")]
    public async Task No_two_locations_are_the_same_whatever_characters_their_names_hold()
    {
        string[] names = ["a", "a.b", "b", ".", "a/b", "\0", "a\0b", "a\nb", "\u00e9", "e\u0301", "\uFFFD", "\U0001F600", "\u0001", "\u0001b", " ", "a ", "A"];
        var locations = names.Select(Scope.Global.Key)
            .Concat(from bridge in names from key in names select Scope.Bridge(bridge).Key(key))
            .Concat(from bridge in names from instance in names from key in names select Scope.Instance(bridge, instance).Key(key))
            .ToList();
        for (var i = 0; i < locations.Count; i++)
            await SaveAsync(locations[i], $"{i}", 1000);
        await CrashAsync();
        for (var i = 0; i < locations.Count; i++)
            Assert.Equal($"{i}", await LoadAsync(locations[i]));
        Assert.Equal(names.Length * (1 + names.Length + (names.Length * names.Length)), Store.Count);
    }

    [Fact]
    [Trait("Requirement", "t.1")]
    public async Task A_value_is_any_bytes_also_none_and_a_later_one_replaces_it()
    {
        var location = Scope.Global.Key("k");
        var bytes = Enumerable.Range(0, 100_000).Select(i => (byte)i).ToArray();
        await Store.SaveAsync(location, bytes);
        Assert.Equal(bytes, (await Store.LoadAsync(location)).ToArray());
        bytes[0]++; // the store has a copy
        Assert.Equal(0, (await Store.LoadAsync(location)).Span[0]);
        await Store.SaveAsync(location, default);
        Assert.Equal("", await LoadAsync(location));
        await CrashAsync();
        Assert.Equal("", await LoadAsync(location));
    }

    [Fact]
    [Trait("Requirement", "t.4")]
    public async Task Loading_what_is_not_there_is_an_error_that_says_why_and_deleting_it_succeeds()
    {
        var location = Scope.Global.Key("key1");
        var error = await Assert.ThrowsAsync<ScopedValueException>(async () => await Store.LoadAsync(location));
        Assert.Equal((false, "key \"global.key1\" not present at store"), (error.IsExpired, error.Message));
        await DeleteAsync(location);
        await SaveAsync(location, "v", 1);
        Pass(1);
        error = await Assert.ThrowsAsync<ScopedValueException>(async () => await Store.LoadAsync(location));
        Assert.Equal((true, "key \"global.key1\" is expired"), (error.IsExpired, error.Message));
    }

    [Fact]
    public async Task Bad_input_is_refused_and_says_what_is_wrong()
    {
        Options.MaxNameBytes = 4;
        Options.MaxValueBytes = 3;
        await using var store = await OpenAsync();
        var good = Scope.Global.Key("k");
        await Says("The key of a location may take 4 bytes of UTF-8; this one takes 6", () => store.SaveAsync(Scope.Global.Key("\u00e9\u00e9\u00e9"), default));
        await Says("The bridge of a location may take 4 bytes", () => store.DeleteAsync(Scope.Bridge(new string('b', 1_000_000)).Key("k")));
        await Says("The instance of the location has half of a surrogate pair at index 1", () => store.SaveAsync(Scope.Instance("b", "i\uD83D").Key("k"), default));
        await Says("TTL cannot be negative", () => store.SaveAsync(good, default, TimeSpan.FromSeconds(-1)));
        await Says("seconds at most", () => store.SaveAsync(good, default, TimeSpan.FromDays(100_000)));
        await Says("may take 3 bytes; it takes 4", () => store.SaveAsync(good, new byte[4]));
        await Says("has no scope", () => store.SaveAsync(default, default));
        await Says("has no key", () => store.SaveAsync(new ScopedLocation(Scope.Global, ""), default));
        Assert.Throws<ArgumentException>(() => Scope.Bridge(""));
        Assert.Throws<ArgumentException>(() => Scope.Instance("b", ""));
        Assert.Throws<ArgumentException>(() => Scope.Global.Key(""));
        Assert.Equal((0, 0), (store.Count, store.Bytes));

        static async Task Says(string text, Func<ValueTask> call) =>
            Assert.Contains(text, (await Assert.ThrowsAsync<ArgumentException>(async () => await call())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_store_refuses_saves_without_losing_anything_until_there_is_room_again()
    {
        Options.MaxTotalBytes = 1_000;
        await using var store = await OpenAsync();
        var value = new byte[300];
        await store.SaveAsync(Scope.Global.Key("a"), value, TimeSpan.FromSeconds(10));
        await store.SaveAsync(Scope.Global.Key("b"), value, TimeSpan.FromSeconds(20));
        var error = await Assert.ThrowsAsync<ScopedStoreFullException>(async () => await store.SaveAsync(Scope.Global.Key("c"), value));
        Assert.Contains("of 1,000 bytes are in use", error.Message, StringComparison.Ordinal);
        Assert.Equal(LoadOutcome.Found, (await store.TryLoadAsync(Scope.Global.Key("a"))).Outcome);
        Pass(11);
        await store.SaveAsync(Scope.Global.Key("c"), value, TimeSpan.FromSeconds(20));
        await Assert.ThrowsAsync<ScopedStoreFullException>(async () => await store.SaveAsync(Scope.Global.Key("d"), value));
        await store.DeleteAsync(Scope.Global.Key("b"));
        await store.SaveAsync(Scope.Global.Key("d"), value, TimeSpan.FromSeconds(20));
        Pass(60);
        Assert.Equal((0, 0), (store.Count, store.Bytes));
    }

    [Fact]
    public async Task Many_saves_at_once_of_the_same_keys_end_as_the_journal_says()
    {
        var last = new string[20];
        await Task.WhenAll(Enumerable.Range(0, 20).Select(key => Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++)
                await Task.WhenAll(SaveAsync(Key(key), $"{i}a", 100), SaveAsync(Key(key), $"{i}b", 100), i % 7 == 0 ? DeleteAsync(Key(key)) : Task.CompletedTask);
            last[key] = await LoadAsync(Key(key));
        })));
        await CrashAsync();
        for (var key = 0; key < last.Length; key++)
            Assert.Equal(last[key], await LoadAsync(Key(key)));

        static ScopedLocation Key(int key) => Scope.Bridge("b").Key($"{key}");
    }

    [Fact]
    public async Task A_value_that_is_not_durable_yet_is_not_loaded()
    {
        var gate = new TaskCompletionSource();
        var location = Scope.Global.Key("k");
        await SaveAsync(location, "old");
        Storage.Journal.BeforeAppend = _ => gate.Task;
        var save = SaveAsync(location, "new");
        Assert.Equal("old", await LoadAsync(location));
        Assert.False(save.IsCompleted);
        gate.SetResult();
        await save;
        Assert.Equal("new", await LoadAsync(location));
    }

    [Fact]
    public async Task A_cancelled_save_ends_the_wait_and_one_that_was_not_begun_does_not_happen()
    {
        var gate = new TaskCompletionSource();
        var location = Scope.Global.Key("k");
        Storage.Journal.BeforeAppend = _ => gate.Task;
        using var cancel = new CancellationTokenSource();
        var written = Store.SaveAsync(location, Encoding.UTF8.GetBytes("1"), default, cancel.Token).AsTask();
        var queued = Store.SaveAsync(location, Encoding.UTF8.GetBytes("2"), default, cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => written.WaitAsync(Limit));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queued.WaitAsync(Limit));
        gate.SetResult();
        await DeleteAsync(Scope.Global.Key("other")); // in order behind them only where it has the same stream
        await Store.DisposeAsync();
        await CrashAsync();
        Assert.Equal("1", await LoadAsync(location));
    }

    [Fact]
    public async Task A_closed_store_says_so()
    {
        await Store.DisposeAsync();
        await Assert.ThrowsAsync<Journal.JournalUnavailableException>(() => SaveAsync(Scope.Global.Key("k"), "v"));
        await Assert.ThrowsAsync<Journal.JournalUnavailableException>(() => LoadAsync(Scope.Global.Key("k")));
        Assert.Equal(0, Store.Bytes);
    }

    [Theory]
    [InlineData(nameof(ScopedStoreOptions.GlobalTimeToLive), 0)]
    [InlineData(nameof(ScopedStoreOptions.BridgeTimeToLive), -1)]
    [InlineData(nameof(ScopedStoreOptions.InstanceTimeToLive), 0)]
    [InlineData(nameof(ScopedStoreOptions.ExpiredKeptFor), -1)]
    [InlineData(nameof(ScopedStoreOptions.SweepInterval), 0)]
    [InlineData(nameof(ScopedStoreOptions.CompactInterval), 0)]
    public async Task An_option_out_of_range_is_named(string name, int seconds)
    {
        typeof(ScopedStoreOptions).GetProperty(name)!.SetValue(Options, TimeSpan.FromSeconds(seconds));
        var error = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(OpenAsync);
        Assert.Contains($"ScopedStoreOptions.{name}", error.Message, StringComparison.Ordinal);
    }
}
