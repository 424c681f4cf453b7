using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Persist.AzureStorage;
using Orleans.Persist.Embedded;
using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;
using Orleans.Persist.Memory;
using Orleans.Persist.Objects;
using Orleans.Persist.SiloHost.Copy;
using Orleans.Persist.Snapshots;

namespace Orleans.Persist.SiloHost.Tests;

public sealed class CopyTests : HostTestBase
{
    private readonly CancellationToken _limit = new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    [Fact]
    public async Task A_copy_has_every_stream_with_its_versions_and_incarnations_every_snapshot_and_every_object_store()
    {
        await using var source = await FilledAsync();
        await using var copy = await EmbeddedStorage.OpenAsync(Path.Combine(Folder, "copy"));
        var run = new StorageCopy(source, copy);
        await run.RunAsync(_limit);

        Assert.Equal(await EverythingAsync(source), await EverythingAsync(copy));
        await using var back = new MemoryStorage();
        await new StorageCopy(copy, back).RunAsync(_limit);
        Assert.Equal(await EverythingAsync(source), await EverythingAsync(back));
        await using var objects = await new ObjectStores(back).OpenAsync<string>("store", new ObjectStoreOptions<string> { Snapshot = false }, _limit);
        Assert.Equal(["one", "two"], await objects.FetchAsync(cancellationToken: _limit).ToListAsync(_limit));
    }

    [Fact]
    public async Task A_second_run_copies_only_what_is_new()
    {
        await using var source = await FilledAsync();
        await using var copy = new MemoryStorage();
        await new StorageCopy(source, copy).RunAsync(_limit);
        await source.Journal.AppendAsync("plain", ExpectedVersion.Any, Event("later"), _limit);
        var second = new StorageCopy(source, copy);
        await second.RunAsync(_limit);
        Assert.Equal((1L, 0L), (second.Report.Events, second.Report.Snapshots));
        Assert.Equal(await EverythingAsync(source), await EverythingAsync(copy));
    }

    [Fact]
    public async Task A_run_that_was_cut_short_is_taken_up_where_it_ended()
    {
        await using var source = await FilledAsync();
        await using var copy = new MemoryStorage();

        // As such a run leaves it: the first part of a truncated stream, not yet truncated itself, in its incarnation.
        await copy.Journal.AppendAsync("truncated", ExpectedVersion.NoStream, Event("filler"), _limit);
        await new StorageCopy(source, copy).RunAsync(_limit);
        Assert.Equal(await EverythingAsync(source), await EverythingAsync(copy));
    }

    /// <summary>Streams of many appends, so that the first of them can be awaited and the process killed among the others.</summary>
    [AzuriteFact]
    [Trait("Requirement", "o.10")]
    public async Task A_copy_that_is_killed_in_the_middle_goes_on_when_it_is_run_again()
    {
        const int Streams = 12;
        const int Events = 6_000;
        await using (var source = await EmbeddedStorage.OpenAsync(Path.Combine(Folder, "here")))
        {
            for (var stream = 0; stream < Streams; stream++)
                await source.Journal.AppendAsync($"s{stream:00}", ExpectedVersion.NoStream, Enumerable.Range(0, Events).Select(i => Event($"{i,400}")).ToArray(), null, _limit);
            await source.Snapshots.SaveAsync("s00", new Snapshot { Incarnation = 1, Version = 7, Time = DateTimeOffset.UnixEpoch, Type = "t", Data = new byte[] { 7 } }, _limit);
        }

        var connectionString = await SharedAzurite.ConnectionStringAsync();
        string[] azure = ["--connection-string", connectionString];
        string[] there = ["copy", "--from", "here", "--to", "azure:There", "--json", .. azure];
        long copied;
        await using (var destination = await AzurePersistBuilderExtensions.OpenAsync(
            new ServiceCollection().BuildServiceProvider(), new AzureStorageOptions { ConnectionString = connectionString, TableName = "There" }, CancellationToken.None))
        {
            using var copy = HostProcess.Start(Folder, there);
            var began = TimeProvider.System.GetTimestamp();
            while ((await destination.Journal.GetHeadAsync("s00")).Version == 0 && TimeProvider.System.GetElapsedTime(began) < HostProcess.Timeout)
            {
                // Each look is a request; the journal's own wait looks too seldom at what another process appends.
            }

            copy.Kill();
            Assert.Equal(128 + 9, (await copy.ExitAsync()).ExitCode);
            copied = (await destination.Journal.ListStreamsAsync().ToListAsync()).Sum(head => head.Version);
            Assert.InRange(copied, 1, (Streams * Events) - 1);
        }

        var second = JsonDocument.Parse(await DoneAsync(there)).RootElement;
        Assert.Equal((copied, (Streams * Events) - copied), (second.GetProperty("already_there").GetInt64(), second.GetProperty("events").GetInt64()));
        Assert.Equal((Streams * Events) + 1, second.GetProperty("compared").GetInt64());
        var back = JsonDocument.Parse(await DoneAsync(["copy", "--from", "azure:There", "--to", "back", "--json", .. azure])).RootElement;
        Assert.Equal((0L, Streams * Events, 1L), (back.GetProperty("already_there").GetInt64(), back.GetProperty("events").GetInt64(), back.GetProperty("snapshots").GetInt64()));
        await using var original = await EmbeddedStorage.OpenAsync(Path.Combine(Folder, "here"));
        await using var returned = await EmbeddedStorage.OpenAsync(Path.Combine(Folder, "back"));
        Assert.Equal(await EverythingAsync(original, CancellationToken.None), await EverythingAsync(returned, CancellationToken.None));
    }

    [Fact]
    public async Task A_destination_with_something_else_is_refused_and_keeps_it()
    {
        await using var source = await FilledAsync();
        await using var other = new MemoryStorage();
        await other.Journal.AppendAsync("plain", ExpectedVersion.NoStream, Enumerable.Range(0, 5_000).Select(i => Event($"mine {i}")).ToArray(), null, _limit);
        var error = await Assert.ThrowsAsync<CommandException>(() => new StorageCopy(source, other).RunAsync(_limit));
        Assert.Contains("'plain' differs", error.Message, StringComparison.Ordinal);
        Assert.Equal(5_000, (await other.Journal.GetHeadAsync("plain", _limit)).Version);

        await using var same = new MemoryStorage();
        await same.Journal.AppendAsync("plain", ExpectedVersion.NoStream, Event("mine"), _limit);
        Assert.Contains("the event of version 1", (await Assert.ThrowsAsync<CommandException>(() => new StorageCopy(source, same).RunAsync(_limit))).Message, StringComparison.Ordinal);
        await using var more = new MemoryStorage();
        await more.Journal.AppendAsync("more", ExpectedVersion.NoStream, Event("mine"), _limit);
        Assert.Contains("'more'", (await Assert.ThrowsAsync<CommandException>(() => new StorageCopy(source, more).RunAsync(_limit))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_use_is_said()
    {
        Assert.Equal((2, "error: --from and --to name the same."), Said(await RunAsync("copy", "--from", "a", "--to", "a")));
        Assert.Equal((2, "error: --from and --to name the same."), Said(await RunAsync("copy", "--from", "a", "--to", "./b/../a/")));
        Assert.Equal((2, "error: --from and --to name the same."), Said(await RunAsync("copy", "--from", "azure:", "--to", "azure:OrleansPersist")));
        Assert.Equal((1, "error: there is no directory 'missing'."), Said(await RunAsync("copy", "--from", "missing", "--to", "b")));
        Directory.CreateDirectory(Path.Combine(Folder, "from"));
        Write("file", "");
        Assert.Equal((1, "error: 'file' is a file; --to names a directory."), Said(await RunAsync("copy", "--from", "from", "--to", "file")));
        Assert.Contains("needs a connection string", (await RunAsync("query", "--storage", "azure", "--source", "s")).Errors, StringComparison.Ordinal);
        Assert.Contains("neither AccountKey", (await RunAsync("query", "--storage", "azure", "--connection-string", "AccountName=a", "--source", "s")).Errors, StringComparison.Ordinal);
        Assert.Contains("'d' is a directory", (await RunAsync("query", "--storage", "azure", "--data", "d", "--source", "s")).Errors, StringComparison.Ordinal);
        Assert.Contains("A table's name", (await RunAsync("query", "--data", "azure:1", "--connection-string", "UseDevelopmentStorage=true", "--source", "s")).Errors, StringComparison.Ordinal);

        static (int, string) Said((int ExitCode, string Output, string Errors) run) => (run.ExitCode, run.Errors.Trim().Split('\n')[0]);
    }

    private async Task<IStorage> FilledAsync()
    {
        var storage = await EmbeddedStorage.OpenAsync(Path.Combine(Folder, "source"));
        var journal = storage.Journal;
        await journal.AppendAsync("plain", ExpectedVersion.NoStream, Enumerable.Range(0, 2_500).Select(i => Event($"e{i}")).ToArray(), null, _limit);
        await journal.AppendAsync("plain", ExpectedVersion.Any, new[] { Event("large") with { Data = new byte[3 << 20], Id = "id", Source = "elsewhere", Tags = ["t"], Subject = "s" } }, null, _limit);
        await journal.AppendAsync("truncated", ExpectedVersion.NoStream, Enumerable.Range(0, 50).Select(i => Event($"t{i}")).ToArray(), null, _limit);
        await journal.TruncateAsync("truncated", 20, _limit);
        for (var i = 0; i < 3; i++)
        {
            await journal.AppendAsync("again", ExpectedVersion.NoStream, Event($"a{i}"), _limit);
            if (i < 2)
                await journal.DeleteAsync("again", ExpectedVersion.Any, _limit);
        }

        await journal.AppendAsync("emptied", ExpectedVersion.NoStream, Event("x"), _limit);
        await journal.TruncateAsync("emptied", 2, _limit);
        for (var version = 1; version <= 4; version++)
            await storage.Snapshots.SaveAsync("plain", new Snapshot { Incarnation = 1, Version = version, Time = DateTimeOffset.UnixEpoch, Type = "t", Data = new[] { (byte)version } }, _limit);
        await using var store = await new ObjectStores(storage).CreateAsync<string>("store", new ObjectStoreOptions<string> { Snapshot = false }, _limit);
        await store.ExportAsync(["one", "two"], _limit);
        return storage;
    }

    private async Task<List<string>> EverythingAsync(IStorage storage, CancellationToken? limit = null)
    {
        var token = limit ?? _limit;
        var lines = new List<string>();
        await foreach (var head in storage.Journal.ListStreamsAsync("", token))
        {
            lines.Add($"{head with { Recorded = default }}");
            await foreach (var @event in storage.Journal.ReadAsync(head.Stream, ReadRequest.All, token))
                lines.Add($"{@event} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(@event.Body.Span))}");
        }

        await foreach (var owner in storage.Snapshots.ListOwnersAsync("", token))
        {
            await foreach (var read in storage.Snapshots.ReadAsync(owner, token))
                lines.Add($"{owner} {read.Snapshot! with { Data = default }} {Convert.ToHexString(read.Snapshot.Data.Span)}");
        }

        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    // The time stands in an event's bytes; the journal's would be another in every run.
    private static EventData Event(string text) => new() { Type = "t", Time = DateTimeOffset.UnixEpoch, Data = Encoding.UTF8.GetBytes(text) };
}
