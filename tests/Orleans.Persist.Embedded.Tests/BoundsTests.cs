using Orleans.Persist.Embedded.Files;
using Orleans.Persist.Embedded.Streams;
using Orleans.Persist.Embedded.Writing;
using Orleans.Persist.Journal;
using Orleans.Persist.TestKit.Faults;
using static Orleans.Persist.Embedded.Tests.Logs;

namespace Orleans.Persist.Embedded.Tests;

/// <summary>What must not grow, leak or go on when its use has ended.</summary>
public sealed class BoundsTests
{
    private static readonly EmbeddedOptions Small = new() { SegmentBytes = 64 << 10 };
    private readonly FaultyDirectory _directory = new();

    [Fact]
    public async Task Nothing_is_kept_for_streams_that_nobody_waits_for_any_more()
    {
        await using var storage = await EmbeddedStorage.OpenAsync(_directory);
        using var cancel = new CancellationTokenSource();
        var waits = Enumerable.Range(0, 100).Select(i => storage.Journal.WaitForAppendAsync($"s{i % 50}", 1, 0, cancel.Token).AsTask()).ToArray();
        var patient = storage.Journal.WaitForAppendAsync("s7", 1, 0).AsTask();
        Assert.Equal(50, storage.EmbeddedJournal.StreamsWaitedFor);

        await cancel.CancelAsync();
        foreach (var wait in waits)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait.WaitAsync(Limit));

        Assert.Equal(1, storage.EmbeddedJournal.StreamsWaitedFor);
        await storage.Journal.AddAsync("s7", "x");
        Assert.Equal(1, (await patient.WaitAsync(Limit)).Version);
        Assert.Equal(0, storage.EmbeddedJournal.StreamsWaitedFor);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_read_that_goes_on_after_the_journal_was_closed_says_so(bool backward)
    {
        var storage = await EmbeddedStorage.OpenAsync(_directory, Small);
        for (var i = 0; i < 200; i++)
            await storage.Journal.AddAsync("s", Text(i, 2_000));
        await using var reader = storage.Journal.ReadAsync("s", new ReadRequest { Backward = backward }).GetAsyncEnumerator();
        Assert.True(await reader.MoveNextAsync());
        await storage.DisposeAsync();

        await Assert.ThrowsAsync<JournalUnavailableException>(async () =>
        {
            while (await reader.MoveNextAsync())
            {
            }
        });
    }

    [Fact]
    public async Task More_producers_than_are_held_in_memory_are_all_known_for_ever()
    {
        await using var storage = await EmbeddedStorage.OpenAsync(_directory);
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 5_000; i++)
            {
                var result = await storage.Journal.AppendAsync("s", ExpectedVersion.Any, new[] { Event("x") }, new ProducerSequence($"p{i}", 1));
                Assert.Equal((round == 1, i + 1L), (result.Duplicate, result.LastVersion));
            }
        }
    }

    [Fact]
    public async Task An_append_that_is_awaited_twice_or_too_early_gives_no_other_append_its_answer()
    {
        var entry = new StreamEntry("s", HeadState.None);
        var early = PendingRecord.Rent();
        early.Entry = entry;
        var task = early.Task;
        Assert.Throws<InvalidOperationException>(() => task.GetAwaiter().GetResult());
        Assert.NotSame(early, PendingRecord.Rent());
        early.Complete();
        await task;

        Assert.Throws<InvalidOperationException>(() => task.GetAwaiter().GetResult());
        Assert.NotSame(PendingRecord.Rent(), PendingRecord.Rent());
    }

    [Fact]
    public async Task A_truncation_does_not_reach_into_the_incarnation_that_was_begun_beside_it()
    {
        await using var storage = await EmbeddedStorage.OpenAsync(_directory);
        await storage.Journal.AddAsync("s", "1", "2", "3", "4");
        await storage.Journal.AddAsync("other", "1");
        using var gate = _directory.Disk.Hold(StorageOperation.Flush);
        var writing = Task.Run(() => storage.Journal.AddAsync("other", "2"));
        await gate.Arrived.WaitAsync(Limit);

        // All three share the next group.
        var truncating = storage.Journal.TruncateAsync("s", 4).AsTask();
        var deleting = storage.Journal.DeleteAsync("s", ExpectedVersion.Any).AsTask();
        var adding = storage.Journal.AddAsync("s", "a", "b", "c", "d", "e");
        gate.Release();
        await Task.WhenAll(writing, truncating, deleting, adding).WaitAsync(Limit);

        Assert.Equal(["a", "b", "c", "d", "e"], await storage.Journal.TextsAsync("s"));
    }

    [Fact]
    public async Task A_compaction_that_cannot_end_the_segment_being_written_tells_that_the_storage_failed()
    {
        await using var storage = await EmbeddedStorage.OpenAsync(_directory);
        await storage.Journal.AddAsync("s", "1");
        _directory.Disk.Fail(StorageOperation.Flush);
        await Assert.ThrowsAsync<JournalUnavailableException>(() => storage.EmbeddedJournal.CompactAsync());
        await storage.Journal.AddAsync("s", "2");
        Assert.Equal(["1", "2"], await storage.Journal.TextsAsync("s"));
    }

    [Fact]
    public async Task An_opening_that_fails_leaves_no_file_open()
    {
        if (!OperatingSystem.IsLinux())
            return; // only there can be looked
        var path = Directory.CreateTempSubdirectory("persist-").FullName;
        try
        {
            await using (var storage = await EmbeddedStorage.OpenAsync(path, Small))
            {
                for (var i = 0; i < 200; i++)
                    await storage.Journal.AddAsync("s", Text(i, 2_000));
            }

            var last = Directory.EnumerateFiles(Path.Combine(path, "journal"), "*.log").Max()!;
            foreach (var index in Directory.EnumerateFiles(Path.Combine(path, "journal"), "*.idx"))
                File.Delete(index);
            await using (var file = File.OpenWrite(last))
            {
                file.Position = 200;
                await file.WriteAsync(new byte[50]);
            }

            await Assert.ThrowsAsync<JournalDamagedException>(() => EmbeddedStorage.OpenAsync(new DiskDirectory(path), Small));

            Assert.DoesNotContain(OpenFiles(), file => file.StartsWith(path, StringComparison.Ordinal));
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }

    private static IEnumerable<string> OpenFiles()
    {
        foreach (var link in Directory.EnumerateFiles("/proc/self/fd"))
        {
            string? target = null;
            try
            {
                target = new FileInfo(link).LinkTarget;
            }
            catch (IOException)
            {
                // closed meanwhile
            }

            if (target is not null)
                yield return target;
        }
    }
}
