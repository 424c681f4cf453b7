using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;
using Orleans.Persist.Memory;
using Orleans.Persist.Snapshots;

namespace Orleans.Persist.Tests.Support;

/// <summary>A memory storage that several silos share, whose failures are switched on for single streams, and that counts what is done to each.</summary>
public sealed class SwitchedStorage : IStorage, IJournal
{
    private readonly MemoryStorage _inner = new();
    private readonly ConcurrentDictionary<string, Failure> _failures = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<int>> _appends = new();
    private readonly ConcurrentDictionary<string, int> _reads = new();

    public IJournal Journal => this;

    public ISnapshotStore Snapshots => _inner.Snapshots;

    /// <summary>The limits that are told and enforced.</summary>
    public JournalLimits Limits { get; set; } = new(1 << 20, 1_000, 1_000);

    public void Fail(string stream, Failure failure) => _failures[stream] = failure;

    public void Heal(string stream) => _failures.TryRemove(stream, out _);

    /// <summary>How many events each append to a stream had.</summary>
    public IReadOnlyList<int> AppendsTo(string stream) => [.. _appends.GetValueOrDefault(stream) ?? []];

    /// <summary>How many events were read of a stream.</summary>
    public int ReadsOf(string stream) => _reads.GetValueOrDefault(stream);

    public async ValueTask<AppendResult> AppendAsync(
        string stream, ExpectedVersion expected, ReadOnlyMemory<EventData> events, ProducerSequence? producer = null, CancellationToken cancellationToken = default)
    {
        var failure = _failures.GetValueOrDefault(stream);
        ThrowIf(failure is Failure.Down);
        if (failure is Failure.Silent)
            await Task.Delay(Timeout.Infinite, cancellationToken);
        if (events.Length > Limits.MaxAppendEvents)
            throw new AppendTooLargeException(stream, "events", events.Length, Limits.MaxAppendEvents);
        var result = await _inner.Journal.AppendAsync(stream, expected, events, producer, cancellationToken);
        _appends.GetOrAdd(stream, _ => new()).Enqueue(events.Length);
        if (failure is Failure.LosesAnswer)
        {
            Heal(stream);
            ThrowIf(true);
        }

        return result;
    }

    public async IAsyncEnumerable<RecordedEvent> ReadAsync(string stream, ReadRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await ReachAsync(stream, cancellationToken);
        await foreach (var recorded in _inner.Journal.ReadAsync(stream, request, cancellationToken))
        {
            _reads.AddOrUpdate(stream, 1, (_, n) => n + 1);
            yield return recorded;
        }
    }

    public async ValueTask<StreamHead> GetHeadAsync(string stream, CancellationToken cancellationToken = default)
    {
        await ReachAsync(stream, cancellationToken);
        return await _inner.Journal.GetHeadAsync(stream, cancellationToken);
    }

    public ValueTask<StreamHead> WaitForAppendAsync(string stream, int incarnation, long version, CancellationToken cancellationToken = default) =>
        _inner.Journal.WaitForAppendAsync(stream, incarnation, version, cancellationToken);

    public ValueTask TruncateAsync(string stream, long beforeVersion, int incarnation, CancellationToken cancellationToken = default) =>
        _inner.Journal.TruncateAsync(stream, beforeVersion, incarnation, cancellationToken);

    public async ValueTask<StreamHead> DeleteAsync(string stream, ExpectedVersion expected, CancellationToken cancellationToken = default)
    {
        await ReachAsync(stream, cancellationToken);
        return await _inner.Journal.DeleteAsync(stream, expected, cancellationToken);
    }

    public IAsyncEnumerable<StreamHead> ListStreamsAsync(string prefix = "", CancellationToken cancellationToken = default) =>
        _inner.Journal.ListStreamsAsync(prefix, cancellationToken);

    public ValueTask DisposeAsync() => default; // shared: the silos come and go

    private async Task ReachAsync(string stream, CancellationToken cancellationToken)
    {
        var failure = _failures.GetValueOrDefault(stream);
        ThrowIf(failure is Failure.Down);
        if (failure is Failure.Silent)
            await Task.Delay(Timeout.Infinite, cancellationToken);
    }

    private static void ThrowIf(bool failed)
    {
        if (failed)
            throw new JournalUnavailableException("The storage is switched off.");
    }
}
