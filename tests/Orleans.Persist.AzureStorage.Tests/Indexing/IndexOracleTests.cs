using FsCheck;
using FsCheck.Fluent;
using Orleans.Persist.AzureStorage.Rows;
using Orleans.Persist.Journal;
using Orleans.Persist.Memory;

namespace Orleans.Persist.AzureStorage.Tests.Indexing;

/// <summary>Whatever a stream holds and however much of it is indexed, a filtered read gives exactly what memory gives.</summary>
[Trait("Requirement", "o.10")]
public sealed class IndexOracleTests : AzureTestBase
{
    private static readonly string[] Subjects = ["a", "b", "group/a", "group/b", "group/deep/a", "group:a", "ü/β", ""];
    private static readonly string[] Types = ["t0", "t1", "t2", "rare"];
    private static readonly string[] Tags = ["x", "y", "z"];

    protected override void Configure(AzureStorageOptions options) => options.IndexEvery = 16;

    // Each is some hundreds of requests to one slow process.
    private static int Sequences => int.TryParse(Environment.GetEnvironmentVariable("INDEX_SEQUENCES"), out var count) ? count : 4;

    [Fact]
    public void A_filtered_read_gives_what_memory_gives()
    {
        var number = 0;
        Prop.ForAll(Streams().ToArbitrary(), Reads().ToArbitrary(), (commits, reads) => CompareAsync($"s{++number}", commits, reads).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Sequences));
    }

    private async Task CompareAsync(string stream, Step[] steps, ReadRequest[] reads)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        await using var memory = new MemoryJournal();
        foreach (var step in steps)
        {
            foreach (var journal in new[] { Journal, memory })
            {
                foreach (var events in step.Commits)
                    await journal.AppendAsync(stream, ExpectedVersion.Any, events, producer: null, limit.Token);
                var head = await journal.GetHeadAsync(stream, limit.Token);
                if (step.Truncate)
                    await journal.TruncateAsync(stream, Math.Max(1, head.Version / 3), limit.Token);
                if (step.Delete)
                    await journal.DeleteAsync(stream, ExpectedVersion.Any, limit.Token);
            }

            if (step.Index)
                await Storage.AzureJournal.Indexer.RunAsync(StreamKey.Of(stream), limit.Token);
        }

        foreach (var read in reads)
        {
            var wanted = await VersionsAsync(memory, stream, read, limit.Token);
            Assert.Equal(wanted, await VersionsAsync(Journal, stream, read, limit.Token));
        }
    }

    private static async Task<List<(int, long, string?)>> VersionsAsync(IJournal journal, string stream, ReadRequest read, CancellationToken cancellationToken) =>
        await journal.ReadAsync(stream, read, cancellationToken).Select(e => (e.Incarnation, e.Version, e.Subject)).ToListAsync(cancellationToken);

    private static Gen<Step[]> Streams()
    {
        var number = 0;
        var @event = from subject in Gen.Frequency((1, Gen.Constant<string?>(null)), (5, Gen.Elements<string?>(Subjects)))
                     from type in Gen.Frequency((20, Gen.Elements(Types[..3])), (1, Gen.Constant("rare")))
                     from tags in Gen.SubListOf(Tags)
                     from id in Gen.Elements(true, false)
                     select new EventData { Type = type, Subject = subject, Tags = [.. tags], Id = id ? $"id{Interlocked.Increment(ref number) % 1000}-{number}" : null };
        var commit = from count in Gen.Frequency((6, Gen.Constant(1)), (2, Gen.Choose(2, 5)), (1, Gen.Constant(40)))
                     from events in @event.ArrayOf(count)
                     select events;
        var step = from count in Gen.Choose(5, 60)
                   from commits in commit.ArrayOf(count)
                   from index in Gen.Frequency((3, Gen.Constant(true)), (1, Gen.Constant(false)))
                   from truncate in Gen.Frequency((1, Gen.Constant(true)), (3, Gen.Constant(false)))
                   from delete in Gen.Frequency((1, Gen.Constant(true)), (9, Gen.Constant(false)))
                   select new Step(commits, index, truncate, delete);
        return Gen.Choose(1, 4).SelectMany(count => step.ArrayOf(count));
    }

    private static Gen<ReadRequest[]> Reads()
    {
        var filter = from types in Some(Types)
                     from subjects in Some(Subjects)
                     from prefixes in Some(["group/", "group/deep/", "gro", "group:", "ü/", ""])
                     from tags in Some(Tags)
                     from ids in Gen.Frequency((1, Gen.Elements<IReadOnlyCollection<string>?>(["id1-1", "1-3"], ["id7-7"])), (8, Gen.Constant<IReadOnlyCollection<string>?>(null)))
                     select new EventFilter { Types = types, Subjects = subjects, SubjectPrefixes = prefixes, Tags = tags, Ids = ids };
        var read = from f in filter
                   from backward in Gen.Elements(true, false)
                   from low in Gen.Frequency((2, Gen.Constant<long?>(null)), (1, Gen.Choose(1, 120).Select(v => (long?)v)))
                   from high in Gen.Frequency((2, Gen.Constant<long?>(null)), (1, Gen.Choose(20, 300).Select(v => (long?)v)))
                   from limit in Gen.Frequency((2, Gen.Constant(long.MaxValue)), (1, Gen.Choose(1, 5).Select(v => (long)v)))
                   select new ReadRequest { Filter = f, Backward = backward, From = backward ? high : low, To = backward ? low : high, Limit = limit };
        return read.ArrayOf(15);

        static Gen<IReadOnlyCollection<string>?> Some(string[] values) => Gen.Frequency(
            (2, Gen.Constant<IReadOnlyCollection<string>?>(null)),
            (3, Gen.NonEmptyListOf(Gen.Elements(values)).Select(list => (IReadOnlyCollection<string>?)list.Take(2).ToArray())));
    }

    public sealed record Step(EventData[][] Commits, bool Index, bool Truncate, bool Delete);
}
