using Orleans.Persist.Embedded.Format;
using Orleans.Persist.Journal;
using Orleans.Persist.TestKit.Faults;
using static Orleans.Persist.Embedded.Tests.Logs;

namespace Orleans.Persist.Embedded.Tests;

/// <summary>Reads over many windows, the next of which is read ahead.</summary>
public sealed class LongReadTests
{
    private const int Records = 200;
    private readonly FaultyDirectory _directory = new();

    public static TheoryData<int> Lengths => [100, 3_000, 30_000, 79_900, 200_000];

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task Every_event_comes_once_and_in_order_whatever_the_records_lengths_and_what_stands_between_them(int length)
    {
        await using var storage = await FillAsync(length, others: true);
        Assert.Equal(Enumerable.Range(0, Records).Select(i => Text(i, length)), await storage.Journal.TextsAsync("s"));
        Assert.Equal(Enumerable.Range(50, 100).Select(i => Text(i, length)), await storage.Journal.TextsAsync("s", new ReadRequest { From = 51, To = 150 }));
    }

    [Theory]
    [InlineData(3_000)]
    [InlineData(30_000)]
    public async Task A_changed_byte_far_into_a_read_is_an_error_at_its_record_and_what_stands_before_comes(int length)
    {
        long record;
        await using (var storage = await FillAsync(length, others: false))
            record = (storage.EmbeddedJournal.Bytes - SegmentHeader.Length) / Records;
        const int Damaged = 150;
        var offset = SegmentHeader.Length + (Damaged * record);
        ((FaultyDirectory)_directory.Open("journal")).FlipBit("0000000001-0001.log", offset + record - 1);
        await using var again = await OpenAsync();
        var read = new List<RecordedEvent>();
        var error = await Assert.ThrowsAsync<JournalDamagedException>(async () =>
        {
            await foreach (var @event in again.Journal.ReadAsync("s", ReadRequest.All))
                read.Add(@event);
        });
        Assert.Equal($"0000000001-0001.log at offset {offset}", error.Place);
        Assert.Equal(Enumerable.Range(1, Damaged).Select(i => (long)i), read.Select(e => e.Version));
    }

    private async Task<EmbeddedStorage> FillAsync(int length, bool others)
    {
        var storage = await OpenAsync();
        for (var i = 0; i < Records; i++)
        {
            await storage.Journal.AddAsync("s", Text(i, length));
            if (others && i % 7 == 0)
                await storage.Journal.AddAsync("other", Text(i, 50 + (i * 60 % 20_000)));
        }

        return storage;
    }

    private Task<EmbeddedStorage> OpenAsync() => EmbeddedStorage.OpenAsync(_directory, new EmbeddedOptions());
}
