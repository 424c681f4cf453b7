using System.Globalization;
using Orleans.Persist.Audit;
using Orleans.Persist.Embedded.Format;
using Orleans.Persist.Journal;
using static Orleans.Persist.Embedded.Tests.Logs;

namespace Orleans.Persist.Embedded.Tests.Attributes;

/// <summary>What a filtered read costs, and what becomes of it when index or log are damaged.</summary>
public sealed class AttributeIndexTests : IAsyncLifetime
{
    private const int Events = 6_000;
    private const int Subjects = 200;
    private readonly string _path = Directory.CreateTempSubdirectory("orleans-persist-").FullName;
    private readonly CountingDirectory _directory;
    private EmbeddedStorage? _storage;

    public AttributeIndexTests() => _directory = new CountingDirectory(new Files.DiskDirectory(_path));

    private EmbeddedStorage Storage => _storage!;

    private string Journal => Path.Combine(_path, "journal");

    public async Task InitializeAsync()
    {
        await OpenAsync();
        for (var i = 0; i < Events; i += 20)
            await Storage.Journal.AppendAsync("s", ExpectedVersion.Any, Enumerable.Range(i, 20).Select(Make).ToArray());
    }

    public async Task DisposeAsync()
    {
        await Storage.DisposeAsync().AsTask().WaitAsync(Limit);
        Directory.Delete(_path, recursive: true);
    }

    [Fact]
    [Trait("Requirement", "s.4")]
    public async Task A_narrow_filter_reads_little_more_than_what_it_returns()
    {
        await IndexedAsync();
        var whole = await BytesReadAsync(null);
        foreach (var filter in (EventFilter[])[new EventFilter { Subjects = ["subject-7"] }, new EventFilter { Types = ["rare"], Ids = ["id-500"] }, new EventFilter { SubjectPrefixes = ["no/such"] }])
        {
            await BytesReadAsync(filter); // the first look at the segment being written goes through it
            var narrow = await BytesReadAsync(filter);
            Assert.True(narrow < whole / 10, $"{narrow:N0} bytes of {whole:N0} were read.");
        }
    }

    [Fact]
    public async Task An_index_that_is_missing_cut_off_or_of_another_segment_is_made_anew()
    {
        await IndexedAsync();
        var expected = await VersionsAsync(new EventFilter { Subjects = ["subject-7"] });
        Assert.Equal(Enumerable.Range(0, Events).Where(i => i % Subjects == 7).Select(i => i + 1L), expected);
        await Storage.DisposeAsync();
        var files = IndexFiles();
        File.Delete(files[0]);
        await File.WriteAllBytesAsync(files[1], (await File.ReadAllBytesAsync(files[1]))[..2048]);
        File.Copy(files[3], files[2], overwrite: true);
        await OpenAsync();
        Assert.Equal(expected, await VersionsAsync(new EventFilter { Subjects = ["subject-7"] }));
        await IndexedAsync();
        Assert.Equal(expected, await VersionsAsync(new EventFilter { Subjects = ["subject-7"] }));
    }

    [Fact]
    [Trait("Requirement", "s.8")]
    public async Task A_changed_byte_of_an_event_is_an_error_that_names_the_place_not_another_event()
    {
        await IndexedAsync();
        var log = Directory.EnumerateFiles(Journal, "*.log").Order(StringComparer.Ordinal).First();
        await Storage.DisposeAsync();
        var bytes = await File.ReadAllBytesAsync(log);
        var at = bytes.AsSpan().IndexOf("payload 7 "u8);
        bytes[at + 8] = (byte)'8';
        await File.WriteAllBytesAsync(log, bytes);
        await OpenAsync();
        var damage = await Assert.ThrowsAsync<JournalDamagedException>(() => VersionsAsync(new EventFilter { Subjects = ["subject-7"] }));
        Assert.Equal(("s", 8L), (damage.Stream, damage.Version));
        Assert.StartsWith(Path.GetFileName(log), damage.Place);
    }

    [Fact]
    [Trait("Requirement", "s.8")]
    public async Task A_damaged_index_is_told_by_reads_and_by_verify_and_gone_once_it_is_deleted()
    {
        await IndexedAsync();
        var expected = await VersionsAsync(new EventFilter { Subjects = ["subject-7"] });
        await Storage.DisposeAsync();
        var file = IndexFiles()[0];
        var bytes = await File.ReadAllBytesAsync(file);
        foreach (var page in Enumerable.Range(2, BitConverter.ToInt32(bytes, 36))) // the pages of keys
            bytes[(page * 1024) + 100] ^= 1;
        await File.WriteAllBytesAsync(file, bytes);
        var report = await EmbeddedVerifier.VerifyAsync(new Files.DiskDirectory(_path));
        Assert.Contains("index of attributes", Assert.Single(report.Damage).What);
        await OpenAsync();
        await Assert.ThrowsAsync<JournalDamagedException>(() => VersionsAsync(new EventFilter { Subjects = ["subject-7"] }));
        await Storage.DisposeAsync();
        File.Delete(file);
        await OpenAsync();
        Assert.Equal(expected, await VersionsAsync(new EventFilter { Subjects = ["subject-7"] }));
    }

    [Theory]
    [Trait("Requirement", "s.8")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_event_changed_or_swapped_with_every_checksum_made_to_match_is_found_by_the_audit_alone(bool swap)
    {
        var trail = new AuditTrail(Storage.Journal, "s");
        var kept = new List<AuditCheckpoint>();
        foreach (var version in (long[])[1_000, 2_000, Events])
            kept.Add((await trail.TakeAsync(version))!);
        await Storage.DisposeAsync();
        var sound = await EmbeddedVerifier.VerifyAsync(new Files.DiskDirectory(_path), kept);
        Assert.Equal((3, (long)Events, 0, 0), (sound.Audit!.Checkpoints, sound.Audit.Proven, sound.Audit.Findings.Count, sound.Damage.Count));

        foreach (var log in Directory.EnumerateFiles(Journal, "*.log"))
        {
            var bytes = await File.ReadAllBytesAsync(log);
            if (Forge(bytes, swap))
                await File.WriteAllBytesAsync(log, bytes);
        }

        var report = await EmbeddedVerifier.VerifyAsync(new Files.DiskDirectory(_path), kept);
        Assert.Empty(report.Damage);
        var finding = Assert.Single(report.Audit!.Findings);
        Assert.Equal(("s", 1_001L, 2_000L), (finding.Source, finding.From, finding.To));
        await OpenAsync();
    }

    /// <summary>Changes event 1,501, or swaps the payloads of 1,501 and 1,502, and computes the record's checksum again.</summary>
    private static bool Forge(byte[] log, bool swap)
    {
        for (var at = SegmentHeader.Length; at + RecordHeader.Length < log.Length && RecordHeader.IsPlausible(log.AsSpan(at)); at += RecordHeader.LengthOf(log.AsSpan(at)))
        {
            var record = log.AsSpan(at, RecordHeader.LengthOf(log.AsSpan(at)));
            var (first, second) = (record.IndexOf("payload 1500 "u8), record.IndexOf("payload 1501 "u8));
            if (first < 0)
                continue;
            (swap ? "payload 1501 "u8 : "PAYLOAD 1500 "u8).CopyTo(record[first..]);
            if (swap)
                "payload 1500 "u8.CopyTo(record[second..]);
            RecordHeader.Stamp(record, RecordHeader.FlushedOf(record));
            return true;
        }

        return false;
    }

    private static EventData Make(int i) => new()
    {
        Type = i % 500 == 0 ? "rare" : "common",
        Id = string.Create(CultureInfo.InvariantCulture, $"id-{i}"),
        Subject = string.Create(CultureInfo.InvariantCulture, $"subject-{i % Subjects}"),
        Data = System.Text.Encoding.UTF8.GetBytes($"payload {i} ".PadRight(120, 'x')),
    };

    private List<string> IndexFiles() => [.. Directory.EnumerateFiles(Journal, "*.att").Order(StringComparer.Ordinal)];

    private async Task OpenAsync() => _storage = await EmbeddedStorage.OpenAsync(_directory, new EmbeddedOptions { SegmentBytes = 64 << 10, IndexStreamsFrom = 16 });

    /// <summary>Asks until every complete segment has its index.</summary>
    private async Task IndexedAsync()
    {
        await VersionsAsync(new EventFilter { Subjects = ["nobody"] });
        await Storage.EmbeddedJournal.WhenIdleAsync().WaitAsync(Limit);
        Assert.Equal(Directory.EnumerateFiles(Journal, "*.log").Count() - 1, IndexFiles().Count);
        await VersionsAsync(new EventFilter { Subjects = ["nobody"] });
    }

    private async Task<List<long>> VersionsAsync(EventFilter? filter)
    {
        var versions = new List<long>();
        await foreach (var @event in Storage.Journal.ReadAsync("s", new ReadRequest { Filter = filter }))
            versions.Add(@event.Version);
        return versions;
    }

    private async Task<long> BytesReadAsync(EventFilter? filter)
    {
        var before = _directory.BytesRead;
        await VersionsAsync(filter);
        return _directory.BytesRead - before;
    }
}
