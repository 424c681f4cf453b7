using System.Text;
using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;
using Orleans.Persist.Memory;
using Orleans.Persist.SiloHost.Ingest;
using Orleans.Persist.Snapshots;

namespace Orleans.Persist.SiloHost.Tests;

public class IngestorTests
{
    [Fact]
    public async Task Run_an_event_that_the_journal_refuses_is_told_with_its_line_and_what_came_before_is_kept()
    {
        await using var storage = new SmallStorage();
        await using var engine = new PersistEngine(storage);
        await engine.StartAsync();
        var source = engine.GetSource("s");
        var text = HostTestBase.CloudEvent(1) + "\n\n" + HostTestBase.CloudEvent(2) + "\n" + HostTestBase.CloudEvent(3, new string('t', 20_000)) + "\n" + HostTestBase.CloudEvent(4);
        await using var input = await InputSource.OpenAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), "f.ndjson");
        var ingestor = new Ingestor(source);

        var error = await Assert.ThrowsAsync<InputException>(() => ingestor.RunAsync(new CloudEventsReader(input)));

        Assert.StartsWith("f.ndjson, line 4: An append of", error.Message);
        Assert.Equal((2L, 2L), (ingestor.Added, (await source.GetHeadAsync()).Version));
    }

    [Fact]
    public async Task Run_publishes_in_batches_what_is_new_and_in_order()
    {
        await using var storage = new SmallStorage();
        await using var engine = new PersistEngine(storage);
        await engine.StartAsync();
        var source = engine.GetSource("s");
        var progress = new List<long>();

        await new Ingestor(source, 3).RunAsync(await ReaderAsync(1, 5));
        var ingestor = new Ingestor(source, 3, (added, _) =>
        {
            progress.Add(added);
            return default;
        });
        await ingestor.RunAsync(await ReaderAsync(3, 12));

        Assert.Equal((10L, 7L, 3L), (ingestor.Read, ingestor.Added, ingestor.AlreadyThere));
        Assert.Equal([0L, 3L, 6L], progress);
        var ids = new List<string>();
        await foreach (var @event in source.ReadAsync(ReadRequest.All))
            ids.Add(@event.Id);
        Assert.Equal(["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"], ids);

        static async Task<CloudEventsReader> ReaderAsync(int first, int last)
        {
            var text = string.Join('\n', Enumerable.Range(first, last - first + 1).Select(i => HostTestBase.CloudEvent(i)));
            return new CloudEventsReader(await InputSource.OpenAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), "f"));
        }
    }

    /// <summary>Memory that takes no large appends.</summary>
    private sealed class SmallStorage : IStorage
    {
        public IJournal Journal { get; } = new MemoryJournal(limits: new JournalLimits(10_000, 1_000, 512));

        public ISnapshotStore Snapshots { get; } = new JournalSnapshotStore(new MemoryJournal());

        public ValueTask DisposeAsync() => default;
    }
}
