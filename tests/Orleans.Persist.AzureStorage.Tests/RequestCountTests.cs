using Orleans.Persist.Journal;
using Orleans.Persist.Snapshots;

namespace Orleans.Persist.AzureStorage.Tests;

/// <summary>What things cost in requests: the figures that docs/azure.md states.</summary>
[Trait("Requirement", "o.10")]
public sealed class RequestCountTests : AzureTestBase
{
    [Theory]
    [InlineData(1, 100)]
    [InlineData(100, 9 << 10)] // 900 KiB
    [InlineData(10_000, 50)]
    public async Task An_append_of_up_to_900_KiB_is_one_request(int events, int size)
    {
        await AppendAsync("s", Event("first"));
        Service.Clear();
        for (var i = 0; i < 3; i++)
            await Journal.AppendAsync("s", ExpectedVersion.Exactly(1 + (i * events)), Events(events, size), producer: null, Limit);
        Assert.Equal(3, Service.Requests.Count);
    }

    [Fact]
    public async Task An_append_with_ids_and_a_producer_is_one_request_once_they_are_known()
    {
        await Journal.AppendAsync("s", ExpectedVersion.Any, new[] { Event("a", id: "a") }, new ProducerSequence("p", 1), Limit);
        Service.Clear();
        await Journal.AppendAsync("s", ExpectedVersion.Any, new[] { Event("b", id: "b") }, new ProducerSequence("p", 2), Limit);
        Assert.Single(Service.Requests);
    }

    [Fact]
    public async Task A_larger_append_is_two_requests()
    {
        await AppendAsync("s", Event("first"));
        Service.Clear();
        await AppendAsync("s", Event("large", 2 << 20));
        Assert.Equal(["PUT", "POST"], Service.Requests.Select(r => r.Method));
    }

    [Fact]
    public async Task Appends_at_the_same_time_share_a_request()
    {
        await AppendAsync("s", Event("first"));
        Service.Clear();
        var results = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => AppendAsync("s", Event($"{i}")).AsTask()));
        Assert.Equal(Enumerable.Range(2, 40).Select(v => (long)v), results.Select(r => r.LastVersion).Order());
        Assert.InRange(Service.Requests.Count, 1, 5);
    }

    [Fact]
    public async Task A_recovery_from_a_snapshot_and_a_tail_of_100_events_is_three_requests()
    {
        for (var i = 0; i < 20; i++)
            await AppendAsync("s", Events(10));
        await Storage.Snapshots.SaveAsync("s", new Snapshot { Incarnation = 1, Version = 100, Time = DateTimeOffset.UtcNow, Type = "t", Data = new byte[10_000] }, Limit);
        await using var other = await OpenAsync();
        Service.Clear();
        var snapshot = (await other.Snapshots.ReadAsync("s", Limit).FirstAsync(Limit)).Snapshot!;
        var tail = await ReadAsync(other.Journal, "s", new ReadRequest { From = snapshot.Version + 1, Incarnation = snapshot.Incarnation });
        Assert.Equal(Enumerable.Range(101, 100).Select(v => (long)v), tail.Select(e => e.Version));
        Assert.Equal(3, Service.Requests.Count);
    }

    [Fact]
    public async Task A_recovery_of_single_events_is_a_request_for_every_thousand()
    {
        for (var i = 0; i < 60; i++)
            await Task.WhenAll(Enumerable.Range(0, 48).Select(j => AppendAsync("s", Event($"{i}/{j}")).AsTask()));
        await Storage.DisposeAsync(); // what it indexes in the background is not counted
        await using var other = await OpenAsync();
        Service.Clear();
        Assert.Equal(2880, (await ReadAsync(other.Journal, "s")).Count);
        Assert.Equal(4, Service.Requests.Count); // three pages and the head
    }

    [Fact]
    public async Task A_snapshot_is_two_requests_and_one_more_to_remove_the_oldest()
    {
        for (var version = 1; version <= 3; version++)
            await SaveAsync(version);
        Service.Clear();
        await SaveAsync(4);
        Assert.Equal(["PUT", "PUT", "DELETE"], Service.Requests.Select(r => r.Method));
    }

    private async Task SaveAsync(long version) =>
        await Storage.Snapshots.SaveAsync("o", new Snapshot { Incarnation = 1, Version = version, Time = DateTimeOffset.UtcNow, Type = "t", Data = new byte[100] }, Limit);
}
