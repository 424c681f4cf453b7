using System.Text;
using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;
using Orleans.Persist.Snapshots;
using Xunit;

namespace Orleans.Persist.TestKit.Conformance;

/// <summary>What the suites have in common: a storage of its own for each test, a time limit on every wait, and short forms.</summary>
/// <typeparam name="TFixture">The plug-in under test.</typeparam>
#pragma warning disable CA1001 // the test framework calls IAsyncLifetime.DisposeAsync
public abstract class StorageConformance<TFixture> : IAsyncLifetime
    where TFixture : StorageFixture, new()
{
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(60));
    private IStorage? _storage;

    /// <summary>The fixture of this test.</summary>
    protected TFixture Fixture { get; } = new();

    /// <summary>The clock of the storage.</summary>
    protected ConformanceClock Clock => Fixture.Clock;

    /// <summary>The storage that is open now.</summary>
    protected IStorage Storage => _storage ?? throw new InvalidOperationException("The storage is closed.");

    /// <summary>The journal of the storage that is open now.</summary>
    protected IJournal Journal => Storage.Journal;

    /// <summary>The snapshots of the storage that is open now.</summary>
    protected ISnapshotStore Snapshots => Storage.Snapshots;

    /// <summary>Ends every wait of a test that takes too long.</summary>
    protected CancellationToken Limit => _limit.Token;

    /// <inheritdoc/>
    public async Task InitializeAsync() => _storage = await Fixture.OpenAsync();

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (_storage is not null)
            await _storage.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));
        await Fixture.DisposeAsync();
        _limit.Dispose();
    }

    /// <summary>Closes the storage and opens it again.</summary>
    protected async Task ReopenAsync()
    {
        if (Interlocked.Exchange(ref _storage, null) is { } open)
            await open.DisposeAsync().AsTask().WaitAsync(Limit);
        _storage = await Fixture.OpenAsync();
    }

    /// <summary>An event with a text as its payload.</summary>
    protected static EventData Event(string text, string type = "noted", string? id = null) =>
        new() { Type = type, Id = id, Data = Encoding.UTF8.GetBytes(text) };

    /// <summary>Events e<paramref name="first"/>, e<paramref name="first"/>+1 … without ids.</summary>
    protected static EventData[] Events(int first, int count) => [.. Enumerable.Range(first, count).Select(i => Event($"e{i}"))];

    /// <summary>Events e1, e2 … whose ids are their texts.</summary>
    protected static EventData[] EventsWithIds(int first, int count) => [.. Enumerable.Range(first, count).Select(i => Event($"e{i}", id: $"e{i}"))];

    /// <summary>The payload of an event as text.</summary>
    protected static string Text(RecordedEvent @event) => Encoding.UTF8.GetString(@event.Data.Span);

    /// <summary>Appends whatever the stream's version is.</summary>
    protected ValueTask<AppendResult> AppendAsync(string stream, params EventData[] events) => AppendAsync(stream, ExpectedVersion.Any, events);

    /// <summary>Appends with an expectation.</summary>
    protected ValueTask<AppendResult> AppendAsync(string stream, ExpectedVersion expected, params EventData[] events) =>
        Journal.AppendAsync(stream, expected, events, producer: null, Limit);

    /// <summary>The events that a read returns.</summary>
    protected async Task<List<RecordedEvent>> ReadAsync(string stream, ReadRequest? request = null)
    {
        var events = new List<RecordedEvent>();
        await foreach (var @event in Journal.ReadAsync(stream, request ?? ReadRequest.All, Limit))
            events.Add(@event);
        return events;
    }

    /// <summary>The versions that a read returns.</summary>
    protected async Task<IReadOnlyList<long>> VersionsAsync(string stream, ReadRequest? request = null) =>
        [.. (await ReadAsync(stream, request)).Select(e => e.Version)];

    /// <summary>Asserts that a stream holds exactly these texts, and that its head agrees.</summary>
    protected async Task AssertHoldsAsync(string stream, params string[] texts)
    {
        var events = await ReadAsync(stream);
        Assert.Equal(texts, events.Select(Text));
        var head = await Journal.GetHeadAsync(stream, Limit);
        Assert.Equal(texts.Length, head.Version - head.FirstVersion + 1);
        Assert.Equal(Enumerable.Range(0, texts.Length).Select(i => head.FirstVersion + i), events.Select(e => e.Version));
        Assert.All(events, e => Assert.Equal(head.Incarnation, e.Incarnation));
    }

    /// <summary>A sequence as a list.</summary>
    protected async Task<List<T>> ListAsync<T>(IAsyncEnumerable<T> items)
    {
        var list = new List<T>();
        await foreach (var item in items.WithCancellation(Limit))
            list.Add(item);
        return list;
    }
}
