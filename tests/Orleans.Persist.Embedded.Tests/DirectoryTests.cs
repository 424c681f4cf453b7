using System.Runtime.Versioning;
using Orleans.Persist.Embedded.Files;
using Orleans.Persist.Journal;
using static Orleans.Persist.Embedded.Tests.Logs;

namespace Orleans.Persist.Embedded.Tests;

[Trait("Requirement", "m.7")]
public sealed class DirectoryTests : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("orleans-persist-").FullName;

    [Fact]
    public async Task Journal_and_snapshots_are_there_again_after_a_clean_end_without_a_scan()
    {
        var path = Path.Combine(_path, "new", "data");
        await using (var storage = await EmbeddedStorage.OpenAsync(path))
            await storage.Journal.AddAsync("s", "1", "2");
        await using var again = await EmbeddedStorage.OpenAsync(path);
        Assert.Equal(["1", "2"], await again.Journal.TextsAsync("s"));
        Assert.All(again.Recovery, report => Assert.Equal((0, 0), (report.ScannedBytes, report.TornBytes)));
        Assert.Equal(3, (await again.Journal.AddAsync("s", "3")).LastVersion);
    }

    [Fact]
    public async Task A_directory_in_use_is_refused()
    {
        await using var storage = await EmbeddedStorage.OpenAsync(_path);
        var error = await Assert.ThrowsAsync<JournalUnavailableException>(() => EmbeddedStorage.OpenAsync(_path));
        Assert.Contains("held by another process", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<JournalUnavailableException>(() => EmbeddedVerifier.VerifyAsync(new DiskDirectory(_path)));
    }

    [Fact]
    public async Task A_directory_that_is_not_ours_is_refused_and_left_alone()
    {
        var file = Path.Combine(_path, "thesis.txt");
        await File.WriteAllTextAsync(file, "mine");
        var error = await Assert.ThrowsAsync<JournalUnavailableException>(() => EmbeddedStorage.OpenAsync(_path));
        Assert.Contains("thesis.txt", error.Message, StringComparison.Ordinal);
        Assert.Equal([file], Directory.EnumerateFileSystemEntries(_path));
    }

    [Fact]
    public async Task A_directory_of_a_newer_format_is_refused()
    {
        await File.WriteAllTextAsync(Path.Combine(_path, EmbeddedStorage.FormatFile), "Orleans.Persist embedded storage, format 2\n");
        var error = await Assert.ThrowsAsync<JournalUnavailableException>(() => EmbeddedStorage.OpenAsync(_path));
        Assert.Contains("has format 2; this release reads up to 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_segment_of_a_newer_format_is_refused()
    {
        await using (var storage = await EmbeddedStorage.OpenAsync(_path))
            await storage.Journal.AddAsync("s", "1");
        var segment = Path.Combine(_path, "journal", "0000000001-0001.log");
        var bytes = await File.ReadAllBytesAsync(segment);
        (bytes[8], bytes[12], bytes[13], bytes[14], bytes[15]) = (2, 0, 0, 0, 0);
        BitConverter.TryWriteBytes(bytes.AsSpan(12), Serialization.Crc32C.Of(bytes.AsSpan(0, 128)));
        await File.WriteAllBytesAsync(segment, bytes);
        var error = await Assert.ThrowsAsync<JournalUnavailableException>(() => EmbeddedStorage.OpenAsync(_path));
        Assert.Contains("has format 2; this release reads up to 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_that_is_a_file_is_refused()
    {
        var file = Path.Combine(_path, "file");
        await File.WriteAllTextAsync(file, "");
        var error = await Assert.ThrowsAsync<JournalUnavailableException>(() => EmbeddedStorage.OpenAsync(file));
        Assert.StartsWith(file, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_file_system_that_cannot_be_written_is_refused()
    {
        // Permissions do not stop root; a pseudo file system does.
        var error = await Assert.ThrowsAsync<JournalUnavailableException>(() => EmbeddedStorage.OpenAsync("/proc/orleans-persist"));
        Assert.StartsWith("/proc/orleans-persist", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verifying_what_does_not_exist_finds_nothing_and_makes_nothing()
    {
        var path = Path.Combine(_path, "none");
        Assert.Equal(0, (await EmbeddedVerifier.VerifyAsync(new DiskDirectory(path))).Records);
        Assert.False(Directory.Exists(path));
    }

    [Theory]
    [InlineData(nameof(EmbeddedOptions.SegmentBytes))]
    [InlineData(nameof(EmbeddedOptions.IdWindow))]
    [InlineData(nameof(EmbeddedOptions.CachedStreams))]
    [InlineData(nameof(EmbeddedOptions.KeepSnapshots))]
    public async Task An_option_out_of_range_is_named(string name)
    {
        var options = new EmbeddedOptions();
        typeof(EmbeddedOptions).GetProperty(name)!.SetValue(options, Convert.ChangeType(0, typeof(EmbeddedOptions).GetProperty(name)!.PropertyType, null));
        var error = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => EmbeddedStorage.OpenAsync(_path, options));
        Assert.Contains($"EmbeddedOptions.{name}", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
