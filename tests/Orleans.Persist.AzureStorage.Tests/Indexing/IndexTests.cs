using System.Net;
using Orleans.Persist.AzureStorage.Rows;
using Orleans.Persist.AzureStorage.Tables;
using Orleans.Persist.AzureStorage.Tests.Support;
using Orleans.Persist.Journal;

namespace Orleans.Persist.AzureStorage.Tests.Indexing;

/// <summary>What is found by the index, what that costs, and that nothing depends on it.</summary>
[Trait("Requirement", "o.10")]
public sealed class IndexTests : AzureTestBase
{
    private const int Every = 16;
    private static readonly StreamKey Key = StreamKey.Of("s");
    private static readonly EventFilter Rare = new() { Subjects = ["rare"] };

    protected override void Configure(AzureStorageOptions options) => options.IndexEvery = Every;

    [Fact]
    public async Task A_filtered_read_costs_what_it_returns_and_not_what_the_stream_holds()
    {
        await WriteAsync(384, rareEvery: 128);
        await IndexAsync();
        var three = await CountAsync(new ReadRequest { Filter = Rare });
        Assert.Equal((3, 5), three); // head and mark, look-up, three commits
        Assert.Equal((2, 4), await CountAsync(new ReadRequest { Filter = Rare, Limit = 2 }));
        Assert.Equal((1, 3), await CountAsync(new ReadRequest { Filter = Rare, Limit = 1, Backward = true }));
        await WriteAsync(256, rareEvery: 0);
        await IndexAsync();
        Assert.Equal(three, await CountAsync(new ReadRequest { Filter = Rare }));
    }

    [Fact]
    public async Task By_type_tag_group_and_id_as_well()
    {
        await WriteAsync(200, rareEvery: 50);
        await AppendAsync("s", new EventData { Type = "odd", Subject = "order/7/line", Tags = ["blue"], Id = "one" });
        await WriteAsync(100, rareEvery: 0);
        await IndexAsync();
        foreach (var filter in new[]
        {
            new EventFilter { Types = ["odd"] }, new EventFilter { Tags = ["blue"] }, new EventFilter { Ids = ["one"] },
            new EventFilter { SubjectPrefixes = ["order/7/"] }, new EventFilter { SubjectPrefixes = ["order/7/li"] },
            new EventFilter { Types = ["odd"], Tags = ["blue", "red"], Subjects = ["rare", "order/7/line"] },
        })
        {
            var (found, requests) = await CountAsync(new ReadRequest { Filter = filter });
            Assert.Equal(1, found);
            Assert.InRange(requests, 3, 8); // head and mark, a look-up for each of up to five buckets, the commit, and what is not indexed
        }

        Assert.Equal((0, 4), await CountAsync(new ReadRequest { Filter = new EventFilter { Types = ["noted"], Ids = ["none"] }, To = 256 })); // one for where the block ends
    }

    [Fact]
    public async Task Commits_near_each_other_are_fetched_together()
    {
        await WriteAsync(160, rareEvery: 4);
        await IndexAsync();
        Assert.Equal((40, 3), await CountAsync(new ReadRequest { Filter = Rare }));
        Assert.Equal((160, 3), await CountAsync(new ReadRequest { Filter = new EventFilter { Types = ["noted"] } }));
    }

    [Fact]
    public async Task An_append_neither_waits_for_the_index_nor_fails_with_it()
    {
        await AppendAsync("s", Event("first"));
        Service.Clear();
        using var held = new SemaphoreSlim(0);
        Service.Before = body => IsIndex(body) ? held.WaitAsync(Limit) : Task.CompletedTask;
        for (var i = 0; i < 5 * Every; i++)
            await AppendAsync("s", Event($"{i}"));
        Assert.Equal(5 * Every, Service.Requests.Count(r => IsAppend(r.Body)));
        Service.Before = null;
        held.Release(100);
        await Storage.DisposeAsync();
        await using var other = await OpenAsync();
        Assert.Equal(1 + (5 * Every), (await ReadAsync(other.Journal, "s", new ReadRequest { Filter = new EventFilter { Types = ["noted"] } })).Count);

        static bool IsAppend(byte[] body) => body.AsSpan().IndexOf("RowKey='head'"u8) >= 0;

        static bool IsIndex(byte[] body) => body.AsSpan().IndexOf("head-indexed"u8) >= 0;
    }

    [Fact]
    public async Task Appends_have_the_stream_indexed_in_the_background()
    {
        for (var i = 0; i < 4 * Every; i++)
            await AppendAsync("s", Event($"{i}"));
        await Storage.AzureJournal.Indexer.WhenIdleAsync(TimeSpan.FromSeconds(60));
        Assert.InRange((await IndexedAsync())!.Version, Every, 4 * Every);
    }

    [Fact]
    public async Task A_read_that_passes_over_much_that_is_not_indexed_has_it_indexed()
    {
        Options.IndexEvery = 0;
        await using (var writer = await OpenAsync())
            await WriteAsync(5 * Every, rareEvery: 10, writer.Journal);
        Options.IndexEvery = Every;
        Assert.Null(await IndexedAsync());
        Assert.Equal(8, (await ReadAsync(Journal, "s", new ReadRequest { Filter = Rare })).Count);
        await Storage.AzureJournal.Indexer.WhenIdleAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(5 * Every, (await IndexedAsync())!.Version);
    }

    [Fact]
    public async Task Two_processes_may_index_one_stream()
    {
        await using var other = await OpenAsync();
        await WriteAsync(20 * Every, rareEvery: 40);
        await Storage.AzureJournal.Indexer.WhenIdleAsync(TimeSpan.FromSeconds(60));
        var blocks = await Task.WhenAll(Storage.AzureJournal.Indexer.RunAsync(Key, Limit), other.AzureJournal.Indexer.RunAsync(Key, Limit));
        await IndexAsync();
        Assert.Equal(20 * Every, (await IndexedAsync())!.Version);
        Assert.True(blocks.Sum() <= 20, $"{blocks.Sum()} blocks of 20 commits were written");
        Assert.Equal(20 * IndexFrame.Buckets, (await IndexRowsAsync()).Count);
        Assert.Equal(8, (await ReadAsync(other.Journal, "s", new ReadRequest { Filter = Rare })).Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_block_that_is_damaged_or_gone_is_read_instead(bool gone)
    {
        await WriteAsync(10 * Every, rareEvery: 20);
        await IndexAsync();
        var rows = await IndexRowsAsync();
        foreach (var row in rows.Where(row => StreamKey.ParseIndex(row.RowKey) is 3 * Every or 4 * Every))
        {
            if (gone)
                await Raw.Table.DeleteAsync(row.PartitionKey, row.RowKey, "*", Limit);
            else
                await Raw.OverwriteAsync(new IndexRow { PartitionKey = row.PartitionKey, RowKey = row.RowKey, Frame = Flip(row.Frame) }, Limit);
        }

        var wanted = Enumerable.Range(1, 8).Select(i => i * 20L).ToArray();
        Assert.Equal(wanted, (await ReadAsync(Journal, "s", new ReadRequest { Filter = Rare })).Select(e => e.Version));
        Assert.Equal(wanted.Reverse(), (await ReadAsync(Journal, "s", new ReadRequest { Filter = Rare, Backward = true })).Select(e => e.Version));

        static byte[] Flip(ReadOnlyMemory<byte> frame)
        {
            var bytes = frame.ToArray();
            bytes[^1] ^= 1;
            return bytes;
        }
    }

    [Fact]
    public async Task A_commit_that_the_index_names_and_that_is_gone_is_said()
    {
        await WriteAsync(10 * Every, rareEvery: 40);
        await IndexAsync();
        await Raw.RemoveAsync(new CommitRow { PartitionKey = Key.Partition, RowKey = StreamKey.Commit(1, 80) }, Limit);
        foreach (var backward in new[] { false, true })
        {
            var error = await Assert.ThrowsAsync<JournalDamagedException>(() => ReadAsync(Journal, "s", new ReadRequest { Filter = Rare, Backward = backward }));
            Assert.Contains("versions 80 to 80 of incarnation 1 are missing", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_deletion_and_a_truncation_take_the_index_with_them()
    {
        await WriteAsync(10 * Every, rareEvery: 20);
        await IndexAsync();
        await Journal.TruncateAsync("s", (4 * Every) + 5, Limit);
        await Storage.AzureJournal.Cleaner.WhenIdleAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(6 * IndexFrame.Buckets, (await IndexRowsAsync()).Count);
        Assert.Equal([80, 100, 120, 140, 160], (await ReadAsync(Journal, "s", new ReadRequest { Filter = Rare })).Select(e => e.Version));
        await Journal.DeleteAsync("s", ExpectedVersion.Any, Limit);
        await Storage.AzureJournal.Cleaner.WhenIdleAsync(TimeSpan.FromSeconds(60));
        Assert.Empty(await IndexRowsAsync());
        await WriteAsync(3 * Every, rareEvery: 20);
        Assert.Equal([20, 40], (await ReadAsync(Journal, "s", new ReadRequest { Filter = Rare })).Select(e => e.Version));
        await IndexAsync();
        Assert.Equal((2, 3L * Every), ((await IndexedAsync())!.Incarnation, (await IndexedAsync())!.Version));
        Assert.Equal([(2, 40L), (2, 20L)], (await ReadAsync(Journal, "s", new ReadRequest { Filter = Rare, Backward = true })).Select(e => (e.Incarnation, e.Version)));
    }

    [Fact]
    public async Task Commits_with_more_keys_than_a_block_takes_are_found_too()
    {
        // Ids and subjects of 60,000 events are more than the 90,000 keys of a block; those of the next commit fill one.
        await Journal.AppendAsync("s", ExpectedVersion.Any, Enumerable.Range(0, 60_000).Select(i => new EventData { Type = "t", Id = $"a{i}", Subject = $"s{i}" }).ToArray(), producer: null, Limit);
        await Journal.AppendAsync("s", ExpectedVersion.Any, Enumerable.Range(0, 40_000).Select(i => new EventData { Type = "t", Id = $"b{i}", Subject = $"s{i}" }).ToArray(), producer: null, Limit);
        await Journal.AppendAsync("s", ExpectedVersion.Any, Enumerable.Range(0, 40_000).Select(i => new EventData { Type = "t", Id = $"c{i}", Subject = $"u{i}" }).ToArray(), producer: null, Limit);
        await WriteAsync(2 * Every, rareEvery: 0);
        await IndexAsync();
        Assert.InRange((await IndexedAsync())!.Version, 140_000, 140_000 + (2 * Every));
        Assert.Equal([18L, 60_018L], (await ReadAsync(Journal, "s", new ReadRequest { Filter = new EventFilter { Subjects = ["s17"] } })).Select(e => e.Version));
        Assert.Equal([139_000L], (await ReadAsync(Journal, "s", new ReadRequest { Filter = new EventFilter { Ids = ["c38999"] }, Backward = true })).Select(e => e.Version));
        Assert.Empty(await ReadAsync(Journal, "s", new ReadRequest { Filter = new EventFilter { Ids = ["d"] } }));
    }

    [Fact]
    public async Task The_newest_event_about_a_subject_is_found_by_the_index()
    {
        await WriteAsync(20 * Every, rareEvery: 100);
        await IndexAsync();
        await using var other = await OpenAsync();
        Service.Clear();
        await other.AzureJournal.AppendAsync("s", ExpectedVersion.Any, [new SubjectVersion("rare", 300)], new[] { Event("x") }, producer: null, Limit);
        Assert.InRange(Service.Requests.Count, 4, 6);
    }

    [Fact]
    public async Task A_credential_that_may_not_write_reads_and_says_once_that_it_may_not_index()
    {
        Options.IndexEvery = 0;
        await using (var writer = await OpenAsync())
            await WriteAsync(5 * Every, rareEvery: 10, writer.Journal);
        Options.IndexEvery = Every;
        var told = 0;
        Options.OnBackgroundError = _ => Interlocked.Increment(ref told);
        await using var reader = await OpenAsync();
        Service.Refuse = request => request.Method == HttpMethod.Post ? StubHandler.Answer(HttpStatusCode.Forbidden, "AuthorizationPermissionMismatch") : null;
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(8, (await ReadAsync(reader.Journal, "s", new ReadRequest { Filter = Rare })).Count);
            await reader.AzureJournal.Indexer.WhenIdleAsync(TimeSpan.FromSeconds(60));
        }

        Assert.Equal(1, told);
    }

    private async Task IndexAsync()
    {
        await Storage.AzureJournal.Indexer.WhenIdleAsync(TimeSpan.FromSeconds(60)); // what the appends have begun would get in its way
        await Storage.AzureJournal.Indexer.RunAsync(Key, Limit);
    }

    private async Task<IndexedRow?> IndexedAsync() => (await Raw.Table.GetAsync<IndexedRow>(Key.Partition, StreamKey.Indexed, Limit))?.Row;

    private Task<List<IndexRow>> IndexRowsAsync() =>
        Raw.Table.QueryAllAsync<IndexRow>(new TableQuery(Key.Partition) { From = StreamKey.IndexPrefix(0), Before = "j" }, Limit).ToListAsync(Limit).AsTask();

    private async Task WriteAsync(int count, int rareEvery, IJournal? journal = null)
    {
        foreach (var numbers in Enumerable.Range(1, count).Chunk(Every))
            await Task.WhenAll(numbers.Select(OneAsync)); // a commit each, in order, in two requests

        Task OneAsync(int i)
        {
            var subject = rareEvery > 0 && i % rareEvery == 0 ? "rare" : $"other/{i % 7}";
            return (journal ?? Journal).AppendAsync("s", ExpectedVersion.Any, Event($"{i}") with { Subject = subject }, Limit).AsTask();
        }
    }

    private async Task<(int Events, int Requests)> CountAsync(ReadRequest request)
    {
        await using var reader = await OpenAsync();
        Service.Clear();
        var events = await ReadAsync(reader.Journal, "s", request);
        Assert.All(events, e => Assert.True(request.Filter!.Matches(e)));
        return (events.Count, Service.Requests.Count);
    }
}
