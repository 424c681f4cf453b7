using System.Runtime.CompilerServices;
using Orleans.Persist.AzureStorage.Rows;
using Orleans.Persist.AzureStorage.Streams;
using Orleans.Persist.Journal;

namespace Orleans.Persist.AzureStorage;

/// <content>Reading.</content>
public sealed partial class AzureJournal
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<RecordedEvent> ReadAsync(
        string stream, ReadRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        var key = StreamKey.Of(stream);
        var left = request.Limit;
        if (left <= 0)
            yield break;
        var read = _store.NewRead(key, request, _incarnations.Of(stream));
        await foreach (var (events, low, high) in read.CommitsAsync(cancellationToken).ConfigureAwait(false))
        {
            for (var i = 0; i < events.Length; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var @event = events[request.Backward ? events.Length - 1 - i : i];
                if (@event.Version < low || @event.Version > high)
                    continue;
                if (_incarnations.Of(stream) is var now && now > @event.Incarnation)
                    throw new StreamIncarnationException(stream, @event.Incarnation, now);
                if (request.Filter?.Matches(@event) == false)
                    continue;
                yield return @event;
                if (--left <= 0)
                    yield break;
            }
        }
    }
}
