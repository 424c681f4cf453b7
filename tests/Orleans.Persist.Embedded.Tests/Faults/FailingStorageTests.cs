using Orleans.Persist.Embedded.Files;
using Orleans.Persist.Journal;
using Orleans.Persist.TestKit.Faults;
using static Orleans.Persist.Embedded.Tests.Logs;

namespace Orleans.Persist.Embedded.Tests.Faults;

[Trait("Requirement", "m.7")]
public sealed class FailingStorageTests
{
    private readonly FaultyDirectory _directory = new();

    [Theory]
    [InlineData(StorageOperation.Flush)]
    [InlineData(StorageOperation.Write)]
    public async Task An_append_that_cannot_be_stored_fails_and_the_journal_goes_on_in_a_new_segment(StorageOperation failing)
    {
        await using var storage = await OpenAsync(_directory);
        await storage.Journal.AddAsync("s", "1");
        _directory.Disk.Fail(failing);
        var error = await Assert.ThrowsAsync<JournalUnavailableException>(() => storage.Journal.AddAsync("s", "lost"));
        Assert.IsType<IOException>(error.InnerException);
        Assert.Equal(["1"], await storage.Journal.TextsAsync("s"));
        Assert.Equal(2, (await storage.Journal.AddAsync("s", "2")).LastVersion);
        Assert.Equal(2, LogFiles(_directory).Length);
        Assert.Equal(["1", "2"], await storage.Journal.TextsAsync("s"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(40)]
    [InlineData(200)]
    public async Task What_a_short_write_left_behind_is_not_taken_for_events(int kept)
    {
        await using (var storage = await OpenAsync(_directory))
        {
            await storage.Journal.AddAsync("s", "1");
            _directory.Disk.Fail(StorageOperation.Write, keep: kept);
            await Assert.ThrowsAsync<JournalUnavailableException>(() => storage.Journal.AddAsync("s", Text(0, 100), Text(1, 100)));
            await storage.Journal.AddAsync("s", "2");
        }

        await using var again = await OpenAsync(_directory);
        Assert.Equal(["1", "2"], await again.Journal.TextsAsync("s"));
        Assert.Empty((await EmbeddedVerifierAsync(again)).Damage);
    }

    [Fact]
    public async Task Events_whose_flush_failed_do_not_come_back_once_others_were_appended()
    {
        var storage = await OpenAsync(_directory);
        await storage.Journal.AddAsync("s", "1");
        _directory.Disk.Fail(StorageOperation.Flush);
        await Assert.ThrowsAsync<JournalUnavailableException>(() => storage.Journal.AddAsync("s", "unflushed"));
        await storage.Journal.AddAsync("s", "2");
        await using var again = await OpenAsync(_directory.Kill());
        Assert.Equal(["1", "2"], await again.Journal.TextsAsync("s"));
    }

    [Fact]
    public async Task A_retry_after_a_failed_flush_stores_the_events_once()
    {
        await using var storage = await OpenAsync(_directory);
        await storage.Journal.AppendAsync("s", ExpectedVersion.Any, Event("1", "a"));
        _directory.Disk.Fail(StorageOperation.Flush);
        var retried = Event("2", "b");
        await Assert.ThrowsAsync<JournalUnavailableException>(() => storage.Journal.AppendAsync("s", ExpectedVersion.Exactly(1), retried).AsTask());
        var result = await storage.Journal.AppendAsync("s", ExpectedVersion.Exactly(1), retried);
        Assert.Equal((2L, false), (result.LastVersion, result.Duplicate));
        Assert.True((await storage.Journal.AppendAsync("s", ExpectedVersion.Exactly(1), retried)).Duplicate);
        Assert.Equal(["1", "2"], await storage.Journal.TextsAsync("s"));
    }

    [Fact]
    public async Task Appends_queued_behind_a_failed_flush_fail_with_it()
    {
        await using var storage = await OpenAsync(_directory);
        await storage.Journal.AddAsync("s", "1");
        using var gate = _directory.Disk.Hold(StorageOperation.Flush);
        var first = storage.Journal.AddAsync("s", "a");
        await gate.Arrived.WaitAsync(Limit);
        var second = storage.Journal.AddAsync("s", "b");
        var conflicting = storage.Journal.AppendAsync("s", ExpectedVersion.Exactly(9), Event("c")).AsTask();
        _directory.Disk.Fail(StorageOperation.Flush);
        gate.Release();
        await Task.WhenAll(first.ContinueWith(_ => { }, TaskScheduler.Default), second.ContinueWith(_ => { }, TaskScheduler.Default)).WaitAsync(Limit);
        var conflict = await Assert.ThrowsAsync<VersionConflictException>(() => conflicting.WaitAsync(Limit));
        Assert.Equal((await storage.Journal.GetHeadAsync("s")).Version, conflict.Actual.Version);
        var stored = await storage.Journal.TextsAsync("s");
        Assert.Equal(first.IsCompletedSuccessfully, stored.Contains("a"));
        Assert.Equal(second.IsCompletedSuccessfully, stored.Contains("b"));
        Assert.False(first.IsCompletedSuccessfully && second.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_full_disk_fails_the_append_keeps_what_was_acknowledged_and_goes_on_when_there_is_space()
    {
        await using var storage = await OpenAsync(_directory);
        await storage.Journal.AddAsync("s", "1");
        _directory.Disk.Capacity = _directory.Disk.Used + 50;
        for (var i = 0; i < 3; i++)
        {
            var error = await Assert.ThrowsAsync<JournalUnavailableException>(() => storage.Journal.AddAsync("s", Text(i, 200_000))); // more than the zeros ahead leave room for
            Assert.Contains("space", error.Message, StringComparison.OrdinalIgnoreCase);
        }

        Assert.Equal(["1"], await storage.Journal.TextsAsync("s"));
        _directory.Disk.Capacity = null;
        Assert.Equal(2, (await storage.Journal.AddAsync("s", "2")).LastVersion);
        Assert.Equal(["1", "2"], await storage.Journal.TextsAsync("s"));
    }

    [Fact]
    public async Task An_append_is_not_acknowledged_before_the_flush()
    {
        await using var storage = await OpenAsync(_directory);
        await storage.Journal.AddAsync("s", "1");
        using var gate = _directory.Disk.Hold(StorageOperation.Flush);
        var append = storage.Journal.AddAsync("s", "2");
        await gate.Arrived.WaitAsync(Limit);
        Assert.False(append.IsCompleted);
        Assert.Equal(["1"], await storage.Journal.TextsAsync("s"));
        gate.Release();
        await append;
        Assert.Equal(["1", "2"], await storage.Journal.TextsAsync("s"));
    }

    [Fact]
    public async Task Appends_in_flight_share_a_flush()
    {
        await using var storage = await OpenAsync(_directory);
        await storage.Journal.AddAsync("s", "1");
        using var gate = _directory.Disk.Hold(StorageOperation.Flush);
        var first = storage.Journal.AddAsync("s", "2");
        await gate.Arrived.WaitAsync(Limit);
        var flushes = _directory.Disk.Count(StorageOperation.Flush);
        var others = Enumerable.Range(0, 100).Select(i => storage.Journal.AddAsync($"s{i % 10}", $"{i}")).ToArray();
        gate.Release();
        await Task.WhenAll([first, .. others]).WaitAsync(Limit);
        Assert.InRange(_directory.Disk.Count(StorageOperation.Flush) - flushes, 0, 2);
    }

    [Fact]
    public async Task Everything_acknowledged_survives_a_loss_of_power_directories_included()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var directory = new FaultyDirectory();
            var storage = await OpenAsync(directory);
            for (var i = 0; i < 40; i++)
                await storage.Journal.AddAsync($"s{i % 3}", Text(i, 5000)); // crosses segments
            var unacknowledged = storage.Journal.AddAsync("s0", "maybe");
            directory = directory.PowerLoss(seed);
            await unacknowledged.ContinueWith(_ => { }, TaskScheduler.Default).WaitAsync(Limit);
            await using var again = await OpenAsync(directory);
            for (var stream = 0; stream < 3; stream++)
            {
                var expected = Enumerable.Range(0, 40).Where(i => i % 3 == stream).Select(i => Text(i, 5000)).ToList();
                var found = await again.Journal.TextsAsync($"s{stream}");
                Assert.Equal(expected, found.Take(expected.Count));
                Assert.True(found.Count == expected.Count || (stream == 0 && found.Count == expected.Count + 1 && found[^1] == "maybe"));
            }
        }
    }

    private static Task<EmbeddedStorage> OpenAsync(IStorageDirectory directory) =>
        EmbeddedStorage.OpenAsync(directory, new EmbeddedOptions { SegmentBytes = 64 << 10 });

    private async Task<VerifyReport> EmbeddedVerifierAsync(EmbeddedStorage storage)
    {
        await storage.DisposeAsync();
        return await EmbeddedVerifier.VerifyAsync(_directory);
    }

    private static string[] LogFiles(FaultyDirectory directory) =>
        [.. directory.Open("journal").List().Where(file => file.EndsWith(".log", StringComparison.Ordinal))];
}
