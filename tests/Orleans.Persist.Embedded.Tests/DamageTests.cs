using Orleans.Persist.Embedded.Format;
using Orleans.Persist.Journal;
using Orleans.Persist.TestKit.Faults;
using static Orleans.Persist.Embedded.Tests.Logs;

namespace Orleans.Persist.Embedded.Tests;

public sealed class DamageTests
{
    private const string First = "0000000001-0001.log";
    private readonly FaultyDirectory _directory = new();

    private FaultyDirectory Journal => (FaultyDirectory)_directory.Open("journal");

    [Fact]
    public async Task A_torn_end_is_cut_off_and_reported()
    {
        var killed = await KilledAsync();
        var journal = (FaultyDirectory)killed.Open("journal");
        var zeros = journal.Content(First).Reverse().TakeWhile(b => b == 0).Count(); // ahead of the end
        journal.Tear(First, zeros + 7);
        await using var storage = await OpenAsync(killed);
        Assert.Equal(["1", "2"], await storage.Journal.TextsAsync("s"));
        var report = storage.EmbeddedJournal.Recovery;
        Assert.True(report.TornBytes > 0);
        Assert.StartsWith($"{First} at offset ", report.TornPlace, StringComparison.Ordinal);
        Assert.Equal(3, (await storage.Journal.AddAsync("s", "new")).LastVersion);
    }

    [Fact]
    public async Task The_zeros_ahead_of_the_end_are_cut_off_without_a_word()
    {
        var killed = await KilledAsync();
        Assert.Equal(0, ((FaultyDirectory)killed.Open("journal")).Content(First)[^1]);
        Assert.Equal(0, (await EmbeddedVerifier.VerifyAsync(killed)).TornBytes);
        await using var storage = await OpenAsync(killed);
        Assert.Equal((0, null), (storage.EmbeddedJournal.Recovery.TornBytes, storage.EmbeddedJournal.Recovery.TornPlace));
        Assert.Equal(["1", "2", "3"], await storage.Journal.TextsAsync("s"));
    }

    [Fact]
    public async Task Damage_before_what_was_durable_is_no_torn_end_and_opening_fails_with_file_and_offset()
    {
        var killed = await KilledAsync();
        ((FaultyDirectory)killed.Open("journal")).FlipBit(First, SegmentHeader.Length + 60);
        var error = await Assert.ThrowsAsync<JournalDamagedException>(() => OpenAsync(killed));
        Assert.Equal($"{First} at offset {SegmentHeader.Length}", error.Place);
        var report = await EmbeddedVerifier.VerifyAsync(killed);
        Assert.Equal($"journal/{First} at offset {SegmentHeader.Length}", report.Damage[0].Place);
        Assert.Contains("version 2 of stream 's' follows version 0", Assert.Single(report.Damage.Skip(1)).What, StringComparison.Ordinal); // what is lost is named
        Assert.Equal(2, report.Events); // what is behind the damage is read nevertheless
    }

    [Fact]
    public async Task Damage_after_a_clean_end_is_an_error_of_the_read_that_meets_it()
    {
        await FilledAsync();
        var record = (Journal.Content(First).Length - SegmentHeader.Length) / 3;
        Journal.FlipBit(First, SegmentHeader.Length + (2 * record) - 1);
        await using var storage = await OpenAsync(_directory);
        var error = await Assert.ThrowsAsync<JournalDamagedException>(() => storage.Journal.TextsAsync("s"));
        Assert.StartsWith($"{First} at offset ", error.Place, StringComparison.Ordinal);
        Assert.Equal(["1"], await storage.Journal.TextsAsync("s", new ReadRequest { To = 1 }));
    }

    [Fact]
    public async Task A_missing_segment_is_named()
    {
        await using (var storage = await OpenAsync(_directory))
        {
            for (var i = 0; i < 40; i++)
                await storage.Journal.AddAsync("s", Text(i, 5000));
        }

        Journal.Delete("0000000002-0001.log");
        var error = await Assert.ThrowsAsync<JournalDamagedException>(() => OpenAsync(_directory));
        Assert.Contains("segment 2 is missing", error.Message, StringComparison.Ordinal);
        Assert.Contains((await EmbeddedVerifier.VerifyAsync(_directory)).Damage, damage => damage.What.Contains("segment 2 is missing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_segment_cut_short_is_told_also_by_the_verifier()
    {
        await using (var storage = await OpenAsync(_directory))
        {
            for (var i = 0; i < 40; i++)
                await storage.Journal.AddAsync("s", Text(i, 5000));
        }

        Journal.Tear(First, 100);
        Assert.NotEmpty((await EmbeddedVerifier.VerifyAsync(_directory)).Damage);
        await Assert.ThrowsAsync<JournalDamagedException>(async () =>
        {
            await using var storage = await OpenAsync(_directory);
            await storage.Journal.TextsAsync("s");
        });
    }

    [Fact]
    public async Task A_lost_or_damaged_index_is_made_anew()
    {
        await using (var storage = await OpenAsync(_directory))
        {
            for (var i = 0; i < 40; i++)
                await storage.Journal.AddAsync($"s{i % 7}", Text(i, 5000));
        }

        Journal.Delete("0000000001-0001.idx");
        Journal.FlipBit("0000000002-0001.idx", 20);
        await using (var storage = await OpenAsync(_directory))
            Assert.Equal(Enumerable.Range(0, 40).Where(i => i % 7 == 3).Select(i => Text(i, 5000)), await storage.Journal.TextsAsync("s3"));
        Assert.Empty((await EmbeddedVerifier.VerifyAsync(_directory)).Damage);
    }

    [Fact]
    public async Task An_index_older_than_its_segment_is_removed_lest_it_be_believed_later()
    {
        await FilledAsync();
        using (var file = Journal.OpenWrite(First))
            file.Write(file.Length, new byte[100]); // as when the power fails before zeros ahead were cut off for good
        await using var storage = await OpenAsync(_directory);
        Assert.DoesNotContain("0000000001-0001.idx", Journal.List());
        Assert.Equal(["1", "2", "3"], await storage.Journal.TextsAsync("s"));
    }

    [Fact]
    public async Task Every_flipped_bit_is_found_by_the_verifier()
    {
        await FilledAsync();
        var length = Journal.Content(First).Length;
        for (var offset = 0; offset < length; offset++)
        {
            Journal.FlipBit(First, offset, offset % 8);
            var report = await EmbeddedVerifier.VerifyAsync(_directory);
            Assert.True(report.Damage.Count > 0, $"A bit flipped at offset {offset} was not found.");
            Journal.FlipBit(First, offset, offset % 8);
        }

        Assert.Empty((await EmbeddedVerifier.VerifyAsync(_directory)).Damage);
    }

    private static Task<EmbeddedStorage> OpenAsync(FaultyDirectory directory) =>
        EmbeddedStorage.OpenAsync(directory, new EmbeddedOptions { SegmentBytes = 64 << 10 });

    private async Task FilledAsync()
    {
        await using var storage = await OpenAsync(_directory);
        foreach (var text in new[] { "1", "2", "3" })
            await storage.Journal.AddAsync("s", text);
    }

    private async Task<FaultyDirectory> KilledAsync()
    {
        var storage = await OpenAsync(_directory);
        foreach (var text in new[] { "1", "2", "3" })
            await storage.Journal.AddAsync("s", text);
        return _directory.Kill();
    }
}
