using Orleans.Persist.AzureStorage.Rows;
using Orleans.Persist.AzureStorage.Tables;
using Orleans.Persist.Journal;

namespace Orleans.Persist.AzureStorage.Tests;

/// <summary>Several processes on one storage: a second opening shares nothing with the first but the account.</summary>
[Trait("Requirement", "o.10")]
public sealed class SharingTests : AzureTestBase
{
    private AzurePersistStorage Other { get; set; } = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Other = await OpenAsync();
    }

    [Fact]
    public async Task A_stale_writer_one_beyond_the_end_and_one_after_a_truncation_all_fail()
    {
        await AppendAsync("s", Events(3));
        await Other.Journal.AppendAsync("s", ExpectedVersion.Exactly(3), Event("other"), Limit);
        var stale = await Assert.ThrowsAsync<VersionConflictException>(() => Journal.AppendAsync("s", ExpectedVersion.Exactly(3), Event("x"), Limit).AsTask());
        Assert.Equal(4, stale.Actual.Version);
        await Assert.ThrowsAsync<VersionConflictException>(() => Journal.AppendAsync("s", ExpectedVersion.Exactly(9), Event("x"), Limit).AsTask());
        await Other.Journal.TruncateAsync("s", 5, Limit);
        await Assert.ThrowsAsync<VersionConflictException>(() => Journal.AppendAsync("s", ExpectedVersion.NoStream, Event("x"), Limit).AsTask());
        await Other.Journal.DeleteAsync("s", ExpectedVersion.Any, Limit);
        await Assert.ThrowsAsync<VersionConflictException>(() => Journal.AppendAsync("s", ExpectedVersion.Exactly(4), Event("x"), Limit).AsTask());
        Assert.Equal(2, (await Journal.AppendAsync("s", ExpectedVersion.NoStream, Event("new"), Limit)).Incarnation);
    }

    [Fact]
    public async Task What_another_process_appended_is_neither_a_conflict_nor_stored_twice()
    {
        await AppendAsync("s", Event("a", id: "a"));
        await Other.Journal.AppendAsync("s", ExpectedVersion.Exactly(1), Event("b", id: "b"), Limit);
        Assert.Equal(3, (await Journal.AppendAsync("s", ExpectedVersion.Exactly(2), Event("c", id: "c"), Limit)).LastVersion);
        var again = await Journal.AppendAsync("s", ExpectedVersion.Exactly(1), Event("b", id: "b"), Limit);
        Assert.Equal((true, 2L), (again.Duplicate, again.LastVersion));
        await Other.Journal.AppendAsync("s", ExpectedVersion.Any, new[] { Event("d") }, new ProducerSequence("p", 5), Limit);
        Assert.True((await Journal.AppendAsync("s", ExpectedVersion.Any, new[] { Event("d") }, new ProducerSequence("p", 5), Limit)).Duplicate);
    }

    [Fact]
    public async Task A_subscriber_sees_what_another_process_appends_and_deletes()
    {
        await using var events = Journal.SubscribeAsync("s", cancellationToken: Limit).GetAsyncEnumerator(Limit);
        for (var i = 1; i <= 3; i++)
        {
            var next = events.MoveNextAsync().AsTask();
            await Other.Journal.AppendAsync("s", ExpectedVersion.Any, Event($"{i}"), Limit);
            Assert.True(await next.WaitAsync(Limit));
            Assert.Equal(i, events.Current.Version);
        }

        var last = events.MoveNextAsync().AsTask();
        await Other.Journal.DeleteAsync("s", ExpectedVersion.Any, Limit);
        await Assert.ThrowsAsync<StreamIncarnationException>(() => last.WaitAsync(Limit));
    }

    [Fact]
    public async Task A_read_over_several_pages_is_told_when_another_process_deletes_the_stream()
    {
        for (var i = 0; i < 30; i++)
            await Task.WhenAll(Enumerable.Range(0, 48).Select(j => AppendAsync("s", Event($"{i}/{j}")).AsTask()));
        await using var reader = Journal.ReadAsync("s", ReadRequest.All, Limit).GetAsyncEnumerator(Limit);
        Assert.True(await reader.MoveNextAsync());
        await Other.Journal.DeleteAsync("s", ExpectedVersion.Any, Limit);
        await Other.AzureJournal.SweepAsync(cancellationToken: Limit);
        await Assert.ThrowsAsync<StreamIncarnationException>(async () =>
        {
            while (await reader.MoveNextAsync())
                Assert.Equal(1, reader.Current.Incarnation);
        });
    }

    [Fact]
    public async Task A_sweep_removes_what_a_crash_has_left_and_nothing_else()
    {
        await AppendAsync("s", Event("small"), Event("large", 2 << 20));
        await AppendAsync("s", Event("last"));
        var orphan = StreamKey.Of("s").CommitBlobs + "orphan";
        await Raw.Blobs.CreateAsync(orphan, new byte[10], Limit);
        await Raw.OverwriteAsync(new CommitRow { PartitionKey = StreamKey.Of("s").Partition, RowKey = StreamKey.Commit(0, 5), Frame = new byte[5] }, Limit);
        Assert.Equal(new SweepReport(1, 0), await Storage.AzureJournal.SweepAsync(TimeSpan.FromHours(1), Limit));
        Assert.Equal(new SweepReport(0, 1), await Storage.AzureJournal.SweepAsync(TimeSpan.Zero, Limit));
        Assert.Null(await Raw.Blobs.GetLengthAsync(orphan, Limit));
        Assert.Equal(3, (await ReadAsync(Journal, "s")).Count);
    }

    [Fact]
    public async Task Truncated_and_deleted_commits_leave_neither_rows_nor_blobs()
    {
        for (var i = 0; i < 3; i++)
            await Journal.AppendAsync("s", ExpectedVersion.Any, new[] { Event("large", 1 << 20) }, new ProducerSequence("p", i + 1), Limit);
        await Journal.TruncateAsync("s", 3, Limit);
        await Storage.DisposeAsync(); // clears up first
        Assert.Single(await Raw.CommitsAsync("s", Limit));
        Assert.Single(await Raw.Blobs.ListAsync("commits/", Limit).ToListAsync(Limit));
        await Other.Journal.DeleteAsync("s", ExpectedVersion.Any, Limit);
        await Other.DisposeAsync();
        Assert.Empty(await Raw.CommitsAsync("s", Limit));
        Assert.Empty(await Raw.Blobs.ListAsync("commits/", Limit).ToListAsync(Limit));
        var left = await Raw.Table.QueryAllAsync<CommitRow>(new TableQuery(StreamKey.Of("s").Partition), Limit).ToListAsync(Limit);
        Assert.Equal([StreamKey.Head], left.Select(r => r.RowKey));
    }
}
