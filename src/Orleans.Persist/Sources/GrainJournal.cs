using System.Runtime.CompilerServices;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Sources;

/// <summary>One source's stream as a journal that can only be read, through grains: for clients, and for sinks of a volatile source.</summary>
internal sealed class GrainJournal(string source, IEventReader reader, TimeProvider time) : IJournal
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public JournalLimits Limits => throw ReadOnly();

    /// <inheritdoc/>
    public ValueTask<AppendResult> AppendAsync(
        string stream, ExpectedVersion expected, ReadOnlyMemory<EventData> events, ProducerSequence? producer = null, CancellationToken cancellationToken = default) =>
        throw ReadOnly();

    /// <inheritdoc/>
    public async IAsyncEnumerable<RecordedEvent> ReadAsync(
        string stream, ReadRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var next = request; next is not null;)
        {
            var asked = next;
            var page = await CallAsync(() => reader.ReadPage(asked, cancellationToken), cancellationToken).ConfigureAwait(false);
            foreach (var @event in page.Events)
                yield return @event;
            next = page.Next;
        }
    }

    /// <inheritdoc/>
    public ValueTask<StreamHead> GetHeadAsync(string stream, CancellationToken cancellationToken = default) =>
        new(CallAsync(reader.ReadHead, cancellationToken));

    /// <inheritdoc/>
    public async ValueTask<StreamHead> WaitForAppendAsync(string stream, int incarnation, long version, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var head = await CallAsync(() => reader.WaitForAppend(incarnation, version, cancellationToken), cancellationToken).ConfigureAwait(false);
            if (head.Incarnation != incarnation || head.Version > version)
                return head;
        }
    }

    /// <inheritdoc/>
    public ValueTask TruncateAsync(string stream, long beforeVersion, int incarnation, CancellationToken cancellationToken = default) => throw ReadOnly();

    /// <inheritdoc/>
    public ValueTask<StreamHead> DeleteAsync(string stream, ExpectedVersion expected, CancellationToken cancellationToken = default) => throw ReadOnly();

    /// <inheritdoc/>
    public IAsyncEnumerable<StreamHead> ListStreamsAsync(string prefix = "", CancellationToken cancellationToken = default) => throw ReadOnly();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => default;

    private Task<T> CallAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken) =>
        GrainCall.RepeatAsync(call, Patience, time, $"Source '{source}' cannot be read", cancellationToken);

    private static NotSupportedException ReadOnly() => new("A source's stream can only be read through its grains; publish to the source.");
}
