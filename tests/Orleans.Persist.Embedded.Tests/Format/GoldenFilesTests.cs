using System.Reflection;
using System.Text;
using Orleans.Persist.Journal;
using Orleans.Persist.Snapshots;
using Orleans.Persist.TestKit;
using static Orleans.Persist.Embedded.Tests.Logs;

namespace Orleans.Persist.Embedded.Tests.Format;

/// <summary>The files under Golden/ pin the format: a release that writes other bytes has to raise its number, and go on reading these.</summary>
public sealed class GoldenFilesTests : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("orleans-persist-").FullName;

    private static string Golden => Path.Combine(Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location)!, "Format", "Golden", "1");

    [Fact]
    public async Task The_same_operations_write_the_same_bytes()
    {
        await WriteAsync(_path);
        if (Environment.GetEnvironmentVariable("ORLEANS_PERSIST_WRITE_GOLDEN") is { Length: > 0 } target)
            await WriteAsync(target); // for a new format: writes the files to be committed
        Assert.Equal(Files(Golden), Files(_path));
        foreach (var file in Files(Golden))
            Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(Golden, file)), await File.ReadAllBytesAsync(Path.Combine(_path, file)));
    }

    [Fact]
    public async Task The_files_are_read_as_they_were_written()
    {
        foreach (var file in Files(Golden))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_path, file))!);
            File.Copy(Path.Combine(Golden, file), Path.Combine(_path, file));
        }

        Assert.Empty((await EmbeddedVerifier.VerifyAsync(new Files.DiskDirectory(_path))).Damage);
        await using var storage = await EmbeddedStorage.OpenAsync(_path);
        var events = new List<RecordedEvent>();
        await foreach (var read in storage.Journal.ReadAsync("orders/1", ReadRequest.All))
            events.Add(read);
        Assert.Equal([2L, 3L], events.Select(read => read.Version));
        var @event = events[0];
        Assert.Equal(("placed", "id-2", "shop", "order 1", "application/json", 3), (@event.Type, @event.Id, @event.Source, @event.Subject, @event.ContentType, @event.SchemaVersion));
        Assert.Equal(["new", "größer"], @event.Tags);
        Assert.Equal("cause", @event.Metadata[MetadataNames.Causation]);
        Assert.Equal(Start.AddDays(-1), @event.Time);
        Assert.Equal("""{"n":2}""", Encoding.UTF8.GetString(@event.Data.Span));
        Assert.Equal("1-3", events[1].Id);
        Assert.Equal(2, (await storage.Journal.GetHeadAsync("deleted")).Incarnation);
        Assert.True((await storage.Journal.AppendAsync("orders/1", ExpectedVersion.Any, new[] { Event("x") }, new ProducerSequence("importer", 5))).Duplicate);
        await foreach (var snapshot in storage.Snapshots.ReadAsync("orders/1"))
            Assert.Equal((1, 3L, "state"), (snapshot.Snapshot!.Incarnation, snapshot.Snapshot.Version, Encoding.UTF8.GetString(snapshot.Snapshot.Data.Span)));
    }

    public void Dispose() => Directory.Delete(_path, recursive: true);

    private static DateTimeOffset Start { get; } = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static string[] Files(string path) =>
        [.. Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(path, file)).Where(file => file is not "lock").Order(StringComparer.Ordinal)];

    private static async Task WriteAsync(string path)
    {
        var clock = new ManualTimeProvider(Start);
        await using var storage = await EmbeddedStorage.OpenAsync(path, timeProvider: clock);
        await storage.Journal.AppendAsync("orders/1", ExpectedVersion.NoStream, Event("1", "id-1"));
        clock.Advance(TimeSpan.FromSeconds(1));
        var full = new EventData
        {
            Type = "placed",
            Id = "id-2",
            Source = "shop",
            Subject = "order 1",
            ContentType = "application/json",
            SchemaVersion = 3,
            Time = Start.AddDays(-1),
            Tags = ["new", "größer"],
            Metadata = new Dictionary<string, string>(StringComparer.Ordinal) { [MetadataNames.Causation] = "cause" },
            Data = """{"n":2}"""u8.ToArray(),
        };
        await storage.Journal.AppendAsync("orders/1", ExpectedVersion.Exactly(1), new[] { full, Event("3") }, new ProducerSequence("importer", 5));
        await storage.Journal.AppendAsync("deleted", ExpectedVersion.Any, Event(Text(0, 300)));
        await storage.Journal.TruncateAsync("orders/1", 2);
        await storage.Journal.DeleteAsync("deleted", ExpectedVersion.Any);
        await storage.Snapshots.SaveAsync("orders/1", new Snapshot { Incarnation = 1, Version = 3, Time = Start, Type = "order", Data = "state"u8.ToArray() });
    }
}
