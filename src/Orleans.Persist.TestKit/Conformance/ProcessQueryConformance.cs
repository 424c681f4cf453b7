using Orleans.Persist.Journal;
using Orleans.Persist.Processes;
using Orleans.Persist.Serialization;
using Xunit;

namespace Orleans.Persist.TestKit.Conformance;

/// <summary>Adapters, tags and queries of processes on the plug-in.</summary>
/// <typeparam name="TFixture">The plug-in under test.</typeparam>
public abstract class ProcessQueryConformance<TFixture> : ProcessConformance<TFixture>
    where TFixture : StorageFixture, new()
{
    private static readonly KernelOptions<ConformanceLog, ConformanceEvent> Tagged = new()
    {
        Events = EventTypes<ConformanceEvent>.Create(types => types.Add<ConformanceEvent>()
            .Tag<ConformanceEvent>(e => e.Text.Split(' ').Where(word => word[0] == '#').Select(word => word[1..]))
            .Subject<ConformanceEvent>(e => e.Text.Split(' ')[0])),
    };

    [Fact]
    [Trait("Requirement", "p.12")]
    [Trait("Requirement", "p.10")]
    public async Task Adapters_transform_what_is_written_and_migrate_what_is_read_to_none_one_or_several()
    {
        await AppendAsync(
            "conformance/a",
            new EventData { Type = "said", Data = "{\"text\":\"a,b,c\"}"u8.ToArray() },
            new EventData { Type = "noise", Data = "?"u8.ToArray() },
            new EventData { Type = "renamed", Data = "{\"text\":\"d\"}"u8.ToArray() },
            new EventData { Type = "said", Data = "{\"text\":\"\"}"u8.ToArray() });
        var adapters = new KernelOptions<ConformanceLog, ConformanceEvent>
        {
            Events = EventTypes<ConformanceEvent>.Create(types => types
                .Add<ConformanceEvent>()
                .AddOld<ConformanceEvent>("said", 1, (old, _) => old.Text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(t => new ConformanceEvent(t)))
                .Rename("renamed", "conformance.happened")
                .Drop("noise")
                .Transform<ConformanceEvent>(e => e with { Text = e.Text + "+" })),
        };
        var host = await StartAsync(adapters);
        Assert.Equal(["a", "b", "c", "d"], (await LiveAsync(host, "a")).Texts);
        await NoteAsync(host, "a", "e");
        Assert.Equal(["a", "b", "c", "d", "e+"], (await LiveAsync(host, "a")).Texts);
        Assert.Equal(5, (await Journal.GetHeadAsync("conformance/a", Limit)).Version);

        host = await CrashAsync(host, () => StartAsync(adapters));
        Assert.Equal(["a", "b", "c", "d", "e+"], (await LiveAsync(host, "a")).Texts);
        Assert.Equal(["a", "b", "c", "d", "e+"], await ReachedAsync(host, "a", 5));
        await host.StopAsync(Limit);
    }

    [Fact]
    [Trait("Requirement", "p.13")]
    [Trait("Requirement", "p.12")]
    [Trait("Requirement", "p.14")]
    public async Task Events_are_found_by_tag_type_subject_version_and_time_within_a_stream()
    {
        await using var host = await StartAsync(Tagged);
        var start = Clock.Now;
        for (var i = 1; i <= 12; i++)
        {
            Clock.Now = start + TimeSpan.FromMinutes(i);
            await NoteAsync(host, "a", $"s{i % 3} #t{i % 2} #u{i % 4} {i}");
        }

        Assert.Equal([2L, 4, 6, 8, 10, 12], await FoundAsync(new() { Filter = new EventFilter { Tags = ["t0"] } }));
        Assert.Equal([1L, 3, 4, 5, 7, 8, 9, 11, 12], await FoundAsync(new() { Filter = new EventFilter { Tags = ["t1", "u0"] } }));
        Assert.Equal([3L, 6, 9, 12], await FoundAsync(new() { Filter = new EventFilter { Subjects = ["s0"], Types = ["conformance.happened"] } }));
        Assert.Equal([6L, 12], await FoundAsync(new() { Filter = new EventFilter { Subjects = ["s0"], Tags = ["t0"] } }));
        Assert.Empty(await FoundAsync(new() { Filter = new EventFilter { Types = ["another"] } }));
        Assert.Equal([5L, 6], await FoundAsync(new() { From = 5, To = 6 }));
        Assert.Equal([12L, 11], await FoundAsync(new() { Backward = true, Limit = 2 }));
        Assert.Equal([3L, 4], await FoundAsync(new() { Filter = new EventFilter { Since = start + TimeSpan.FromMinutes(3), Until = start + TimeSpan.FromMinutes(5) } }));
        Assert.Equal([3L, 4], await FoundAsync(new() { Filter = new EventFilter { RecordedSince = start + TimeSpan.FromMinutes(3), RecordedUntil = start + TimeSpan.FromMinutes(5) } }));

        async Task<IReadOnlyList<long>> FoundAsync(ReadRequest request) =>
            [.. (await ListAsync(host.ReadAsync<ConformanceEvent>(Process("a"), request, Limit))).Select(e => e.Version)];
    }

    [Fact]
    [Trait("Requirement", "p.13")]
    public async Task Events_are_found_by_tag_across_streams_where_the_plugin_has_positions()
    {
        if (Journal is not IPositionedJournal journal)
            return;
        await using var host = await StartAsync(Tagged);
        for (var i = 1; i <= 12; i++)
            await NoteAsync(host, $"{i % 3}", $"s #t{i % 4}");
        var found = await ListAsync(journal.ReadAllAsync(1, new EventFilter { Tags = ["t1"] }, Limit));
        Assert.Equal(["conformance/1", "conformance/2", "conformance/0"], found.Select(e => e.Stream));
        Assert.All(found, e => Assert.Equal(["t1"], e.Tags));
    }

    [Fact]
    [Trait("Requirement", "p.14")]
    public async Task Live_and_replay_queries_many_at_once_beside_writers_miss_nothing_and_double_nothing()
    {
        const int Count = 120;
        await using var host = await StartAsync(Tagged);
        for (var i = 1; i <= 20; i++)
            await NoteAsync(host, "a", $"s #t{i % 2} {i}");
        var live = Enumerable.Range(0, 6).Select(q => Task.Run(async () =>
        {
            var filter = q % 2 == 0 ? null : new EventFilter { Tags = ["t0"] };
            var versions = new List<long>();
            await foreach (var @event in host.SubscribeAsync<ConformanceEvent>(Process("a"), 1 + q, filter, Limit))
            {
                versions.Add(@event.Version);
                if (@event.Version == Count)
                    break;
            }

            Assert.Equal(Enumerable.Range(1 + q, Count - q).Where(v => q % 2 == 0 || v % 2 == 0).Select(v => (long)v), versions);
        })).ToArray();
        var replays = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            for (var read = 0L; read < Count;)
            {
                var versions = (await ListAsync(host.ReadAsync<ConformanceEvent>(Process("a"), cancellationToken: Limit))).Select(e => e.Version).ToArray();
                Assert.Equal(Enumerable.Range(1, versions.Length).Select(v => (long)v), versions);
                Assert.InRange(versions.Length, read, Count);
                read = versions.Length;
            }
        })).ToArray();
        for (var i = 21; i <= Count; i++)
            await NoteAsync(host, "a", $"s #t{i % 2} {i}");
        await Task.WhenAll([.. live, .. replays]).WaitAsync(Limit);
    }
}
