using Orleans.Persist.Journal;
using Orleans.Persist.Scopes;

namespace Orleans.Persist.Core.Tests.Scopes;

public sealed class ScopedFailureTests : ScopedStoreTestBase
{
    private static readonly ScopedLocation Location = Scope.Global.Key("k");

    [Fact]
    public async Task A_save_whose_append_failed_is_an_error_and_the_old_value_stays()
    {
        await SaveAsync(Location, "old");
        Storage.Journal.BeforeAppend = _ => throw new JournalUnavailableException("the disk is gone");
        var error = await Assert.ThrowsAsync<JournalUnavailableException>(() => SaveAsync(Location, "new"));
        Assert.Equal("the disk is gone", error.Message);
        Assert.Equal("old", await LoadAsync(Location));
        Storage.Journal.BeforeAppend = null;
        await SaveAsync(Location, "newer");
        Assert.Equal("newer", await LoadAsync(Location));
        await CrashAsync();
        Assert.Equal("newer", await LoadAsync(Location));
    }

    [Fact]
    public async Task After_an_append_that_failed_though_it_was_stored_memory_is_what_the_journal_says()
    {
        var other = Scope.Global.Key("k2");
        while (!SameStream(Location, other))
            other = Scope.Global.Key(other.Key + "'");
        await SaveAsync(Location, "old");
        Storage.Journal.AfterAppend = _ => throw new JournalUnavailableException("the answer got lost");
        await Assert.ThrowsAsync<JournalUnavailableException>(() => SaveAsync(Location, "new"));
        Storage.Journal.AfterAppend = null;
        await SaveAsync(other, "v");
        Assert.Equal("new", await LoadAsync(Location));
        var bytes = Store.Bytes;
        await CrashAsync();
        Assert.Equal("new", await LoadAsync(Location));
        Assert.Equal(bytes, Store.Bytes);
    }

    [Fact]
    public async Task A_second_store_on_the_same_journal_overwrites_nothing_it_has_not_seen()
    {
        await using var other = await OpenAsync();
        await SaveAsync(Location, "1");
        await other.SaveAsync(Location, new byte[] { (byte)'2' });
        await SaveAsync(Scope.Global.Key("k"), "3");
        await CrashAsync();
        Assert.Equal("3", await LoadAsync(Location));
    }

    [Fact]
    public async Task A_damaged_event_is_an_error_that_names_stream_and_version()
    {
        await Storage.Memory.AppendAsync("$scopes/03", ExpectedVersion.Any, new EventData { Type = "ScopedRecords", Data = new byte[] { 1, 200, 1 } });
        var error = await Assert.ThrowsAsync<JournalDamagedException>(OpenAsync);
        Assert.Equal(("$scopes/03", 1), (error.Stream, error.Version));
    }

    private bool SameStream(ScopedLocation one, ScopedLocation two) => StreamOf(one) == StreamOf(two);

    private string StreamOf(ScopedLocation location)
    {
        string? stream = null;
        Storage.Journal.BeforeAppend = name =>
        {
            stream = name;
            return Task.CompletedTask;
        };
        Store.SaveAsync(location, default).AsTask().Wait(Limit);
        Storage.Journal.BeforeAppend = null;
        return stream!;
    }
}
