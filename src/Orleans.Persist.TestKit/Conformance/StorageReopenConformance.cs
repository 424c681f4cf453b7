using Orleans.Persist.Journal;
using Orleans.Persist.Snapshots;
using Xunit;

namespace Orleans.Persist.TestKit.Conformance;

/// <summary>What was acknowledged is there after close and open, for plug-ins whose content outlives them.</summary>
/// <typeparam name="TFixture">The plug-in under test.</typeparam>
public abstract class StorageReopenConformance<TFixture> : StorageConformance<TFixture>
    where TFixture : StorageFixture, new()
{
    [Fact]
    public async Task Streams_come_back_event_for_event()
    {
        for (var i = 0; i < 20; i++)
        {
            Clock.Now += TimeSpan.FromSeconds(1);
            await AppendAsync($"s{i % 3}", Events(i * 10, 10));
        }

        await AppendAsync("../ü/😀", Event("unusual") with { Subject = "x", Tags = ["t"] });
        var before = await EverythingAsync();
        for (var round = 0; round < 3; round++)
        {
            await ReopenAsync();
            Assert.Equal(before, await EverythingAsync());
        }

        await AppendAsync("s0", ExpectedVersion.Exactly(70), Event("on"));
    }

    [Fact]
    public async Task Truncation_and_incarnation_come_back()
    {
        await AppendAsync("truncated", Events(1, 5));
        await Journal.TruncateAsync("truncated", 4, Limit);
        await AppendAsync("emptied", Events(1, 5));
        await Journal.TruncateAsync("emptied", 6, Limit);
        await AppendAsync("deleted", Events(1, 5));
        var deleted = await Journal.DeleteAsync("deleted", ExpectedVersion.Any, Limit);
        await AppendAsync("again", Events(1, 5));
        await Journal.DeleteAsync("again", ExpectedVersion.Any, Limit);
        await AppendAsync("again", Events(1, 2));
        await ReopenAsync();
        await AssertHoldsAsync("truncated", "e4", "e5");
        await AssertHoldsAsync("emptied");
        Assert.Equal((5L, 6L), (await Journal.GetHeadAsync("emptied", Limit)) is var h ? (h.Version, h.FirstVersion) : default);
        Assert.Equal(deleted, await Journal.GetHeadAsync("deleted", Limit));
        Assert.Equal(2, (await AppendAsync("deleted", Event("new"))).Incarnation);
        await AssertHoldsAsync("again", "e1", "e2");
        await Assert.ThrowsAsync<StreamIncarnationException>(() => ReadAsync("again", new ReadRequest { Incarnation = 1 }));
    }

    [Fact]
    public async Task Idempotency_by_id_and_by_producer_comes_back()
    {
        var byId = await AppendAsync("s", EventsWithIds(1, 3));
        var byProducer = await Journal.AppendAsync("s", ExpectedVersion.Any, Events(4, 2), new ProducerSequence("p", 9), Limit);
        await Journal.AppendAsync("gone", ExpectedVersion.Any, Events(4, 2), new ProducerSequence("p", 9), Limit);
        await Journal.TruncateAsync("gone", 3, Limit);
        await ReopenAsync();
        Assert.Equal(byId with { Duplicate = true }, await AppendAsync("s", ExpectedVersion.NoStream, EventsWithIds(1, 3)));
        Assert.Equal(byProducer with { Duplicate = true }, await Journal.AppendAsync("s", ExpectedVersion.NoStream, Events(4, 2), new ProducerSequence("p", 9), Limit));
        Assert.True((await Journal.AppendAsync("s", ExpectedVersion.Any, Events(4, 2), new ProducerSequence("p", 8), Limit)).Duplicate);
        Assert.True((await Journal.AppendAsync("gone", ExpectedVersion.Any, Events(4, 2), new ProducerSequence("p", 9), Limit)).Duplicate);
        await AssertHoldsAsync("s", "e1", "e2", "e3", "e4", "e5");
    }

    [Fact]
    public async Task Recorded_does_not_run_backwards_across_a_restart()
    {
        var start = Clock.Now;
        await AppendAsync("s", Event("a"));
        Clock.Now = start.AddDays(-1);
        await ReopenAsync();
        Assert.Equal(start, (await AppendAsync("s", Event("b"))).Recorded);
    }

    [Fact]
    public async Task Snapshots_come_back()
    {
        for (var version = 1; version <= 5; version++)
            await Snapshots.SaveAsync("o", Snapshot(version), Limit);
        await Snapshots.SaveAsync("deleted", Snapshot(1), Limit);
        await Snapshots.DeleteAsync("deleted", Limit);
        var number = (await ListAsync(Snapshots.ReadAsync("o", Limit)))[0].Number;
        await ReopenAsync();
        var read = await ListAsync(Snapshots.ReadAsync("o", Limit));
        Assert.Equal(Enumerable.Range(0, Math.Min(5, Snapshots.Keep)).Select(i => 5L - i), read.Select(r => r.Snapshot!.Version));
        Assert.Equal(["o"], await ListAsync(Snapshots.ListOwnersAsync("", Limit)));
        await Assert.ThrowsAsync<SnapshotOutdatedException>(() => Snapshots.SaveAsync("o", Snapshot(4), Limit).AsTask());
        Assert.InRange(await Snapshots.SaveAsync("o", Snapshot(6), Limit), number + 1, long.MaxValue);

        Snapshot Snapshot(long version) => new() { Incarnation = 1, Version = version, Time = Clock.Now, Type = "state", Data = new byte[] { (byte)version } };
    }

    [Fact]
    public async Task A_closed_storage_refuses_and_the_next_one_goes_on()
    {
        await AppendAsync("s", Event("a"));
        var closed = Journal;
        await ReopenAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => closed.AppendAsync("s", ExpectedVersion.Any, Event("late"), Limit).AsTask());
        await AssertHoldsAsync("s", "a");
    }

    private async Task<List<string>> EverythingAsync()
    {
        var lines = new List<string>();
        foreach (var head in (await ListAsync(Journal.ListStreamsAsync("", Limit))).OrderBy(h => h.Stream, StringComparer.Ordinal))
        {
            lines.Add($"{head}");
            foreach (var @event in await ReadAsync(head.Stream))
                lines.Add($"{@event} {@event.Position} {@event.Recorded.Ticks} {Convert.ToHexString(@event.Body.Span)}");
        }

        return lines;
    }
}
