using Orleans.Persist.Journal;

namespace Orleans.Persist.Core.Tests.Support;

/// <summary>A journal before which a test can stand: to fail or hold appends, deletions and reads.</summary>
internal sealed class FaultyJournal(IJournal inner) : IJournal
{
    /// <summary>Runs before each append, with the stream's name.</summary>
    public Func<string, Task>? BeforeAppend { get; set; }

    /// <summary>Runs after each append, before its answer, with the stream's name.</summary>
    public Action<string>? AfterAppend { get; set; }

    /// <summary>Which streams' appends and heads have no answer, until they are given up.</summary>
    public Func<string, bool>? IsSilent { get; set; }

    /// <summary>Runs before each look at a head, with the stream's name.</summary>
    public Func<string, Task>? BeforeHead { get; set; }

    /// <summary>Runs before each truncation, with the stream's name.</summary>
    public Func<string, Task>? BeforeTruncate { get; set; }

    /// <summary>Runs before each deletion, with the stream's name.</summary>
    public Action<string>? BeforeDelete { get; set; }

    /// <summary>Runs before each read, with the stream's name.</summary>
    public Action<string>? BeforeRead { get; set; }

    /// <summary>Runs after each event that is read, before the next one is.</summary>
    public Func<RecordedEvent, Task>? AfterRead { get; set; }

    /// <summary>Whether reads find nothing.</summary>
    public bool SkipReads { get; set; }

    public JournalLimits Limits => inner.Limits;

    public async ValueTask<AppendResult> AppendAsync(
        string stream, ExpectedVersion expected, ReadOnlyMemory<EventData> events, ProducerSequence? producer = null, CancellationToken cancellationToken = default)
    {
        if (BeforeAppend is { } before)
            await before(stream);
        if (IsSilent?.Invoke(stream) == true)
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        var result = await inner.AppendAsync(stream, expected, events, producer, cancellationToken);
        AfterAppend?.Invoke(stream);
        return result;
    }

    public IAsyncEnumerable<RecordedEvent> ReadAsync(string stream, ReadRequest request, CancellationToken cancellationToken = default)
    {
        BeforeRead?.Invoke(stream);
        var events = inner.ReadAsync(stream, SkipReads ? request with { Limit = 0 } : request, cancellationToken);
        return AfterRead is { } after ? InterruptedAsync(events, after) : events;
    }

    public async ValueTask<StreamHead> GetHeadAsync(string stream, CancellationToken cancellationToken = default)
    {
        if (BeforeHead is { } before)
            await before(stream);
        if (IsSilent?.Invoke(stream) == true)
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        return await inner.GetHeadAsync(stream, cancellationToken);
    }

    public ValueTask<StreamHead> WaitForAppendAsync(string stream, int incarnation, long version, CancellationToken cancellationToken = default) =>
        inner.WaitForAppendAsync(stream, incarnation, version, cancellationToken);

    public async ValueTask TruncateAsync(string stream, long beforeVersion, int incarnation, CancellationToken cancellationToken = default)
    {
        if (BeforeTruncate is { } before)
            await before(stream);
        await inner.TruncateAsync(stream, beforeVersion, incarnation, cancellationToken);
    }

    public ValueTask<StreamHead> DeleteAsync(string stream, ExpectedVersion expected, CancellationToken cancellationToken = default)
    {
        BeforeDelete?.Invoke(stream);
        return inner.DeleteAsync(stream, expected, cancellationToken);
    }

    public IAsyncEnumerable<StreamHead> ListStreamsAsync(string prefix = "", CancellationToken cancellationToken = default) =>
        inner.ListStreamsAsync(prefix, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private static async IAsyncEnumerable<RecordedEvent> InterruptedAsync(IAsyncEnumerable<RecordedEvent> events, Func<RecordedEvent, Task> after)
    {
        await foreach (var @event in events)
        {
            yield return @event;
            await after(@event);
        }
    }
}
