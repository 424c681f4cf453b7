using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;
using Orleans.Persist.Scopes;

namespace Orleans.Persist.Core.Tests.Scopes;

/// <summary>Two at once on the same streams, as after a silo was given up that still runs.</summary>
public sealed class ScopedOwnersTests : ScopedStoreTestBase
{
    private static readonly Scope Shared = Scope.Bridge("shared");
    private readonly List<ScopedLocation> _locations = [];

    private int Part => ScopedStore.PartOf(At(0), 100);

    private string Stream => SystemNames.ScopedStore(Part);

    [Fact]
    public async Task A_store_that_opens_while_another_one_truncates_what_it_reads_starts_with_the_newest_values()
    {
        Options.CompactInterval = TimeSpan.FromSeconds(5);
        await CrashAsync();
        await SaveAsync(At(0), "old", 10_000); // 1
        await SaveAsync(At(1), "deleted", 10_000); // 2
        await SaveAsync(At(0), "new", 10_000); // 3
        await DeleteAsync(At(1)); // 4
        await SaveAsync(At(2), "kept", 10_000); // 5
        Storage.Journal.AfterRead = async @event =>
        {
            if (@event.Stream != Stream || @event.Version != 2)
                return;
            Storage.Journal.AfterRead = null;
            Pass(6);
            await TruncatedAsync();
        };

        await using var other = await OpenAsync();

        Assert.Null(Storage.Journal.AfterRead);
        Assert.Equal("new", await LoadAsync(other, At(0)));
        Assert.Equal("Missing", await LoadAsync(other, At(1)));
        Assert.Equal("kept", await LoadAsync(other, At(2)));
        Assert.Equal(2, other.Count);
        Assert.Equal(Store.Bytes, other.Bytes);
    }

    [Fact]
    public async Task A_store_that_has_to_catch_up_forgets_what_another_one_has_deleted_and_truncated()
    {
        Options.CompactInterval = TimeSpan.FromSeconds(5);
        await CrashAsync();
        await SaveAsync(At(0), "deleted by the other", 10_000);
        await SaveAsync(At(1), "kept", 10_000);
        await using var other = await OpenAsync();
        await other.DeleteAsync(At(0));
        await other.SaveAsync(At(2), new byte[] { (byte)'2' }, TimeSpan.FromSeconds(10_000));
        Pass(6);
        await TruncatedAsync();

        await SaveAsync(At(3), "3", 10_000); // finds that the stream has moved

        Assert.Equal("Missing", await LoadAsync(At(0)));
        Assert.Equal("kept", await LoadAsync(At(1)));
        Assert.Equal("2", await LoadAsync(At(2)));
        Assert.Equal("3", await LoadAsync(At(3)));
        Assert.Equal(3, Store.Count);
    }

    [Fact]
    public async Task Events_that_are_not_there_though_the_head_tells_of_them_are_damage()
    {
        await SaveAsync(At(0), "v", 10_000);
        await SaveAsync(At(0), "w", 10_000);
        Storage.Journal.SkipReads = true;

        var error = await Assert.ThrowsAsync<JournalDamagedException>(OpenAsync);

        Assert.Equal((Stream, 1L), (error.Stream, error.Version));
    }

    [Fact]
    [Trait("Requirement", "o.4")]
    public async Task Of_two_owners_of_a_part_the_one_that_has_been_overtaken_writes_nothing_more()
    {
        await using var first = await OpenPartAsync();
        await first.SaveAsync(At(0), new byte[] { (byte)'1' });
        await using var second = await OpenPartAsync();
        await second.ConfirmAsync(TimeSpan.Zero, default);
        await first.ConfirmAsync(TimeSpan.Zero, default); // both have reason to believe it
        await second.SaveAsync(At(0), new byte[] { (byte)'2' });

        await Assert.ThrowsAsync<VersionConflictException>(() => first.SaveAsync(At(1), default).AsTask());
        await Assert.ThrowsAsync<VersionConflictException>(() => first.SaveAsync(At(1), default).AsTask()); // also when it knows
        await Assert.ThrowsAsync<VersionConflictException>(() => first.DeleteAsync(At(0)).AsTask());
        await Assert.ThrowsAsync<VersionConflictException>(() => first.ConfirmAsync(TimeSpan.FromDays(1), default).AsTask());

        Assert.Equal(2, (await Storage.Memory.GetHeadAsync(Stream)).Version);
        await second.ConfirmAsync(TimeSpan.Zero, default);
        await CrashAsync();
        Assert.Equal("2", await LoadAsync(At(0)));
        Assert.Equal("Missing", await LoadAsync(At(1)));
    }

    [Fact]
    public async Task An_owner_that_only_loads_finds_out_that_it_was_overtaken_when_it_asks_again()
    {
        await using var first = await OpenPartAsync();
        await using var second = await OpenPartAsync();
        await second.SaveAsync(At(0), new byte[] { (byte)'2' });

        await first.ConfirmAsync(TimeSpan.FromSeconds(1), default);
        Pass(1);
        await Assert.ThrowsAsync<VersionConflictException>(() => first.ConfirmAsync(TimeSpan.FromSeconds(1), default).AsTask());
    }

    [Fact]
    public async Task A_delete_of_what_is_not_there_is_answered_only_by_the_owner()
    {
        await using var first = await OpenPartAsync();
        await using var second = await OpenPartAsync();
        await first.DeleteAsync(At(0));
        await second.SaveAsync(At(0), new byte[] { (byte)'2' });

        await Assert.ThrowsAsync<VersionConflictException>(() => first.DeleteAsync(At(0)).AsTask());
        Assert.Equal("2", await LoadAsync(second, At(0)));
    }

    [Fact]
    public async Task A_part_refuses_the_locations_of_others_and_has_a_16th_of_the_room()
    {
        Options.MaxTotalBytes = 16 * 1_000;
        await using var part = await OpenPartAsync();
        var foreign = Enumerable.Range(0, 1_000).Select(i => Shared.Key($"{i}")).First(location => ScopedStore.PartOf(location, 100) != Part);
        await Assert.ThrowsAsync<ArgumentException>(() => part.SaveAsync(foreign, default).AsTask());
        var error = await Assert.ThrowsAsync<ScopedStoreFullException>(() => part.SaveAsync(At(0), new byte[1_000]).AsTask());
        Assert.Equal((1_000, 0), (error.Limit, error.Used));
        await part.SaveAsync(At(0), new byte[800]);
    }

    [Fact]
    [Trait("Requirement", "t.8")]
    public async Task What_had_expired_before_the_store_was_opened_leaves_the_journal_too()
    {
        Options.CompactInterval = TimeSpan.FromSeconds(5);
        await CrashAsync();
        await SaveAsync(At(0), "gone", 1);
        await Store.DisposeAsync();
        Pass(100); // nobody is there
        await CrashAsync();
        Assert.Equal("Missing", await LoadAsync(At(0)));

        Pass(6);
        await TruncatedAsync();
        var head = await Storage.Memory.GetHeadAsync(Stream);
        Assert.Equal((1, 2), (head.Version, head.FirstVersion));
    }

    /// <summary>Locations of the same part.</summary>
    private ScopedLocation At(int index)
    {
        for (var i = 0; _locations.Count <= index; i++)
        {
            var next = Shared.Key($"{i}");
            if (!_locations.Contains(next) && (_locations.Count == 0 || ScopedStore.PartOf(next, 100) == ScopedStore.PartOf(_locations[0], 100)))
                _locations.Add(next);
        }

        return _locations[index];
    }

    private Task<ScopedStore> OpenPartAsync() =>
        ScopedStore.OpenPartAsync(Storage.Journal, Options, Part, Time, NullLogger.Instance, default).WaitAsync(Limit);

    private static async Task<string> LoadAsync(ScopedStore store, ScopedLocation location)
    {
        var result = await store.TryLoadAsync(location);
        return result.Outcome is LoadOutcome.Found ? System.Text.Encoding.UTF8.GetString(result.Value.Span) : result.Outcome.ToString();
    }

    private async Task TruncatedAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        while ((await Storage.Memory.GetHeadAsync(Stream)).FirstVersion == 1)
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
