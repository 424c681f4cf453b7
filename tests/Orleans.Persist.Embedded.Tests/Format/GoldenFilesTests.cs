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

    [Theory]
    [InlineData("1")]
    [InlineData("1-kernel")]
    public async Task The_same_operations_write_the_same_bytes(string name)
    {
        await WriteAsync(name, _path);
        if (Environment.GetEnvironmentVariable("ORLEANS_PERSIST_WRITE_GOLDEN") is { Length: > 0 } target)
            await WriteAsync(name, Path.Combine(target, name)); // for a new format: writes the files to be committed
        Assert.Equal(Files(Golden(name)), Files(_path));
        foreach (var file in Files(Golden(name)))
            Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(Golden(name), file)), await File.ReadAllBytesAsync(Path.Combine(_path, file)));
    }

    [Fact]
    public async Task The_files_are_read_as_they_were_written()
    {
        CopyGolden("1");
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

    [Fact]
    public async Task Bytes_of_the_engine_are_read_as_they_were_written()
    {
        CopyGolden("1-kernel");
        Assert.Empty((await EmbeddedVerifier.VerifyAsync(new Files.DiskDirectory(_path))).Damage);
        await using var storage = await EmbeddedStorage.OpenAsync(_path);
        var events = new List<RecordedEvent>();
        await foreach (var read in storage.Journal.ReadAsync("orders/1", ReadRequest.All))
            events.Add(read);
        Assert.Equal(["kernel", "", "also"], events.Select(read => Encoding.UTF8.GetString(read.Kernel.Span)));
        Assert.Equal(["1", "2", "3"], events.Select(read => Encoding.UTF8.GetString(read.Data.Span)));
        Assert.Equal([Start, Start, Start.AddDays(-1)], events.Select(read => read.Time));
        Assert.Equal(("new", "cause", 3), (Assert.Single(events[2].Tags), events[2].Metadata[MetadataNames.Causation], events[2].SchemaVersion));
    }

    public void Dispose() => Directory.Delete(_path, recursive: true);

    private static DateTimeOffset Start { get; } = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static string Golden(string name) => Path.Combine(Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location)!, "Format", "Golden", name);

    private void CopyGolden(string name)
    {
        foreach (var file in Files(Golden(name)))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_path, file))!);
            File.Copy(Path.Combine(Golden(name), file), Path.Combine(_path, file));
        }
    }

    private static Task WriteAsync(string name, string path) => name is "1" ? WriteAsync(path) : WriteKernelAsync(path);

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

    private static async Task WriteKernelAsync(string path)
    {
        await using var storage = await EmbeddedStorage.OpenAsync(path, timeProvider: new ManualTimeProvider(Start));
        var full = new EventData
        {
            Type = "placed",
            SchemaVersion = 3,
            Time = Start.AddDays(-1),
            Tags = ["new"],
            Metadata = new Dictionary<string, string>(StringComparer.Ordinal) { [MetadataNames.Causation] = "cause" },
            Data = "3"u8.ToArray(),
            Kernel = "also"u8.ToArray(),
        };
        await storage.Journal.AppendAsync("orders/1", ExpectedVersion.NoStream, new[] { Event("1") with { Kernel = "kernel"u8.ToArray() }, Event("2"), full });
    }
}
