using Orleans.Persist.Journal;
using Orleans.Persist.Sources;
using static Orleans.Persist.Tests.Sources.SourceCluster;

namespace Orleans.Persist.Tests.Sources;

[Collection(SourceClusterCollection.Name)]
public sealed class ClusterSourceTests(SourceCluster cluster)
{
    [Fact]
    [Trait("Requirement", "o.4")]
    public async Task What_a_client_publishes_is_durable_before_it_is_answered_and_stored_once()
    {
        var source = await cluster.SourceAsync();

        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => source.PublishAsync(Events(4, (i * 4) + 1)).AsTask())).WaitAsync(Patience);
        var again = await source.PublishAsync(Events(4, 1));
        var numbered = await source.PublishAsync(new[] { new EventData { Type = "Happened" } }, new ProducerSequence("me", 7));
        var renumbered = await source.PublishAsync(new[] { new EventData { Type = "Happened" } }, new ProducerSequence("me", 7));

        Assert.Equal(201, (await cluster.Storage.Journal.GetHeadAsync(source.Name)).Version);
        Assert.Equal(200, results.SelectMany(r => Enumerable.Range((int)r.FirstVersion, 4)).Distinct().Count());
        Assert.True(again.Duplicate);
        Assert.Equal((false, true, numbered.LastVersion), (numbered.Duplicate, renumbered.Duplicate, renumbered.LastVersion));
    }

    [Fact]
    public async Task An_event_keeps_everything_on_its_way_through_the_cluster()
    {
        var source = await cluster.SourceAsync();
        var @event = new EventData
        {
            Type = "Happened",
            Id = "ä-1",
            Source = "elsewhere",
            Subject = "s",
            ContentType = "application/json",
            SchemaVersion = 3,
            Time = new DateTimeOffset(2020, 2, 3, 4, 5, 6, TimeSpan.FromHours(2)),
            Tags = ["a", "b"],
            Metadata = new Dictionary<string, string> { ["correlationid"] = "c" },
            Data = new byte[] { 1, 2, 3 },
            Kernel = new byte[] { 4, 5 },
        };
        var without = new EventData { Type = "Bare" };
        await source.PublishAsync(new[] { @event, without });

        var read = await source.ReadAsync(ReadRequest.All).ToListAsync();
        var stored = await cluster.Storage.Journal.ReadAsync(source.Name, ReadRequest.All).ToListAsync();

        Assert.Equal(stored.Select(e => e.Body.ToArray()), read.Select(e => e.Body.ToArray()));
        Assert.Equal(stored.Select(e => (e.Stream, e.Incarnation, e.Version, e.Position, e.Recorded)), read.Select(e => (e.Stream, e.Incarnation, e.Version, e.Position, e.Recorded)));
        Assert.Equal((@event.Id, @event.Source, @event.Time.Value.UtcDateTime), (read[0].Id, read[0].Source, read[0].Time.UtcDateTime));
        Assert.Equal((source.Name, read[1].Recorded), (read[1].Source, read[1].Time));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Reads_over_several_pages_give_what_the_journal_gives(bool fromClient)
    {
        var name = $"source-{Guid.NewGuid():N}";
        for (var first = 1; first < 2_500; first += 500)
            await cluster.Storage.Journal.AppendAsync(name, ExpectedVersion.Any, Events(500, first));
        var source = await (fromClient ? cluster.Client : cluster.Silo).GetSourceAsync(name);
        ReadRequest[] requests =
        [
            ReadRequest.All,
            new() { Backward = true },
            new() { From = 400, To = 2_300 },
            new() { From = 2_300, To = 400, Backward = true },
            new() { Limit = 1_500 },
            new() { Backward = true, Limit = 1_001, Filter = new EventFilter { Subjects = ["subject-1", "subject-2"] } },
            new() { From = 17, Filter = new EventFilter { Tags = ["tag-3"], Types = ["Happened"] } },
            new() { From = 2_501 },
            new() { Limit = 0 },
        ];
        foreach (var request in requests)
        {
            var expected = await cluster.Storage.Journal.ReadAsync(name, request).Select(e => e.Version).ToListAsync();
            Assert.Equal(expected, await source.ReadAsync(request).Select(e => e.Version).ToListAsync());
        }
    }

    [Fact]
    public async Task A_subscription_of_a_client_gives_history_and_then_live_events()
    {
        var source = await cluster.SourceAsync();
        await source.PublishAsync(Events(3));
        using var timeout = new CancellationTokenSource(Patience);
        var versions = new List<long>();
        await foreach (var @event in source.SubscribeAsync(2, cancellationToken: timeout.Token))
        {
            versions.Add(@event.Version);
            if (@event.Version == 3)
                await source.PublishAsync(Events(2, 4));
            if (@event.Version == 5)
                break;
        }

        Assert.Equal([2, 3, 4, 5], versions);
    }

    [Fact]
    public async Task Errors_of_the_journal_reach_the_publisher_as_what_they_are()
    {
        var source = await cluster.SourceAsync();
        await source.PublishAsync(Events(2));

        var duplicate = await Assert.ThrowsAsync<DuplicateEventException>(() => source.PublishAsync(Events(2, 2)).AsTask());
        var empty = await Assert.ThrowsAnyAsync<ArgumentException>(() => source.PublishAsync(Array.Empty<EventData>()).AsTask());
        var stale = await Assert.ThrowsAsync<StreamIncarnationException>(
            async () => await source.ReadAsync(new ReadRequest { Incarnation = 9 }).ToListAsync());

        Assert.Equal(("id-2", 2, source.Name), (duplicate.Id, duplicate.Version, duplicate.Stream));
        Assert.Contains("id-2", duplicate.Message, StringComparison.Ordinal);
        Assert.NotEmpty(empty.Message);
        Assert.Equal((9, 1), (stale.Expected, stale.Actual));
        await Assert.ThrowsAsync<ArgumentException>(async () => await cluster.Client.GetSourceAsync("$source/x"));
    }

    [Fact]
    public async Task The_sources_that_have_events_are_listed_to_clients_and_silos()
    {
        var source = await cluster.SourceAsync();
        await source.PublishAsync(Events(1));

        Assert.Contains(source.Name, await cluster.Client.ListSourcesAsync().ToListAsync());
        Assert.Contains(source.Name, await cluster.Silo.ListSourcesAsync().ToListAsync());
        Assert.DoesNotContain(await cluster.Client.ListSourcesAsync().ToListAsync(), name => name.StartsWith('$'));
    }
}
