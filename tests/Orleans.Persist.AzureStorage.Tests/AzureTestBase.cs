using System.Text;
using Orleans.Persist.AzureStorage.Tests.Support;
using Orleans.Persist.Journal;

namespace Orleans.Persist.AzureStorage.Tests;

/// <summary>A storage in a table and a container of its own, whose requests can be counted.</summary>
[NeedsAzurite]
public abstract class AzureTestBase : IAsyncLifetime
{
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromMinutes(5));

    protected CancellationToken Limit => _limit.Token;

    protected StubHandler Service { get; } = new((_, _) => null, passOn: true);

    private protected RawAccount Raw { get; private set; } = null!;

    protected AzureStorageOptions Options { get; private set; } = null!;

    protected AzurePersistStorage Storage { get; private set; } = null!;

    protected IJournal Journal => Storage.Journal;

    /// <summary>Changes the options before the storage is opened.</summary>
    protected virtual void Configure(AzureStorageOptions options)
    {
    }

    public virtual async Task InitializeAsync()
    {
        Options = await SharedAzurite.NewOptionsAsync();
        Raw = new RawAccount(Options);
        Service.Use(Options);
        Configure(Options);
        Storage = await OpenAsync();
    }

    public async Task DisposeAsync()
    {
        await Storage.DisposeAsync();
        _limit.Dispose();
    }

    /// <summary>The same storage opened once more, as another process would.</summary>
    protected Task<AzurePersistStorage> OpenAsync() => AzurePersistStorage.OpenAsync(Options, cancellationToken: Limit);

    protected static EventData Event(string text, int size = 0, string? id = null)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Array.Resize(ref bytes, Math.Max(bytes.Length, size));
        return new EventData { Type = "noted", Id = id, Data = bytes };
    }

    protected static EventData[] Events(int count, int size = 0) => [.. Enumerable.Range(1, count).Select(i => Event($"e{i}", size))];

    protected Task<List<RecordedEvent>> ReadAsync(IJournal journal, string stream, ReadRequest? request = null) =>
        journal.ReadAsync(stream, request ?? ReadRequest.All, Limit).ToListAsync(Limit).AsTask();

    protected ValueTask<AppendResult> AppendAsync(string stream, params EventData[] events) =>
        Journal.AppendAsync(stream, ExpectedVersion.Any, events, producer: null, Limit);
}
