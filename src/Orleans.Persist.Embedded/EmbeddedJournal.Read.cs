using System.Runtime.CompilerServices;
using Orleans.Persist.Embedded.Reading;
using Orleans.Persist.Embedded.Segments;
using Orleans.Persist.Embedded.Streams;
using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Embedded;

/// <content>Reading and waiting.</content>
public sealed partial class EmbeddedJournal
{
    private const int NamesHeld = 1 << 16;

    /// <inheritdoc/>
    public async IAsyncEnumerable<RecordedEvent> ReadAsync(
        string stream, ReadRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var deletes = _segments.Deletes;
        var head = await GetHeadAsync(stream, cancellationToken).ConfigureAwait(false);
        if (request.Incarnation != 0 && request.Incarnation != head.Incarnation)
            throw new StreamIncarnationException(stream, request.Incarnation, head.Incarnation);
        var (low, high) = request.Range(head);
        if (low > high || request.Limit <= 0)
            yield break;
        using var cursor = Cursor(stream, head.Incarnation, low, high, request, out var next);
        var left = request.Limit;
        while (next() is { } @event)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (deletes != _segments.Deletes && Head(stream) is var now && now.Incarnation != head.Incarnation)
                throw new StreamIncarnationException(stream, head.Incarnation, now.Incarnation);
            if (request.Filter?.Matches(@event) == false)
                continue;
            yield return @event;
            if (--left == 0)
                yield break;
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RecordedEvent> ReadAllAsync(
        long fromPosition = 1, EventFilter? filter = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        await Task.CompletedTask.ConfigureAwait(false);
        var (last, names, streams) = (Position, new Utf8Pool(NamesHeld), new StreamEndings(_segments));
        for (var number = SegmentAt(fromPosition); number <= _segments.Newest.Name.Number; number++)
        {
            var segment = _segments.Acquire(number);
            try
            {
                var scanner = new RecordScanner(segment.File, segment.Name.Log, Format.SegmentHeader.Length, segment.Length, keep: true);
                while (scanner.Next())
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var header = scanner.Current.Header;
                    if (header.Position > last)
                        yield break;
                    if (header.Events == 0 || header.Position + header.Events <= fromPosition)
                        continue;
                    var stream = names.Get(scanner.Current.Name);
                    var firstVersion = streams.FirstVersion(stream, header.Incarnation);
                    for (var events = new RecordEvents(scanner.Current, stream); !events.AtEnd;)
                    {
                        var @event = events.Next();
                        if (@event.Position >= fromPosition && @event.Version >= firstVersion && filter?.Matches(@event) != false)
                            yield return @event;
                    }
                }
            }
            finally
            {
                segment.Release();
            }
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<EventBlock> ReadBlocksAsync(long fromPosition = 1, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        await Task.CompletedTask.ConfigureAwait(false);
        var last = Position;
        for (var number = SegmentAt(fromPosition); number <= _segments.Newest.Name.Number; number++)
        {
            var segment = _segments.Acquire(number);
            try
            {
                var scanner = new BlockScanner(segment.File, segment.Name.Log, Format.SegmentHeader.Length, segment.Length);
                while (scanner.Next() is { } block)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (block.Count > 0 && block.Events[0].Position > last)
                    {
                        block.Release();
                        yield break;
                    }

                    yield return block;
                }
            }
            finally
            {
                segment.Release();
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask<StreamHead> GetHeadAsync(string stream, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(Head(stream).ToHead(stream));
    }

    /// <inheritdoc/>
    public async ValueTask<StreamHead> WaitForAppendAsync(string stream, int incarnation, long version, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Head(stream); // loads the stream where it is not held
            Task<StreamHead> changed;
            lock (_writer.Gate)
            {
                ThrowIfClosed();
                if (_streams.Find(stream) is not { } entry)
                    continue;
                if (entry.Durable.Incarnation != incarnation || entry.Durable.Version > version)
                    return entry.Durable.ToHead(stream);
                changed = _writer.Signals.WaitFor(stream);
            }

            try
            {
                await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                lock (_writer.Gate)
                    _writer.Signals.Forgo(stream, changed);
                throw;
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask<long> WaitForPositionAsync(long position, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Task changed;
            lock (_writer.Gate)
            {
                ThrowIfClosed();
                if (Position > position)
                    return Position;
                changed = _writer.Signals.WaitForAny();
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StreamHead> ListStreamsAsync(string prefix = "", [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        await Task.CompletedTask.ConfigureAwait(false);
        var newest = _segments.Newest.Name.Number;
        for (var number = newest; number >= _segments.Oldest.Name.Number; number--)
        {
            var segment = _segments.Acquire(number);
            try
            {
                foreach (var (key, stream) in segment.Index.Streams())
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (!stream.StartsWith(prefix, StringComparison.Ordinal) || IsIndexedAbove(key, number, newest))
                        continue;
                    var head = Head(stream);
                    if (head.Version > 0)
                        yield return head.ToHead(stream);
                }
            }
            finally
            {
                segment.Release();
            }
        }
    }

    private IDisposable? Cursor(string stream, int incarnation, long low, long high, ReadRequest request, out Func<RecordedEvent?> next)
    {
        if (request.Filter is { } filter && high - low + 1 >= _options.IndexStreamsFrom)
        {
            var indexed = new IndexedCursor(_segments, _attributes, stream, incarnation, low, high, filter, request.Backward);
            next = indexed.Next;
            return indexed;
        }

        if (request.Backward)
        {
            next = new BackwardCursor(_segments, stream, incarnation, low, high).Next;
            return null;
        }

        var forward = new StreamCursor(_segments, stream, incarnation, low, high);
        next = forward.Next;
        return forward;
    }

    private HeadState Head(string stream)
    {
        while (true)
        {
            lock (_writer.Gate)
            {
                ThrowIfClosed();
                if (_streams.Find(stream) is { } entry)
                    return entry.Durable;
            }

            _streams.Load(stream);
        }
    }

    /// <summary>Whether a stream was listed already, in a newer segment.</summary>
    private bool IsIndexedAbove(ulong key, long number, long newest)
    {
        for (var above = number + 1; above <= newest; above++)
        {
            var segment = _segments.Acquire(above);
            try
            {
                if (segment.Index.Find(key).Count > 0)
                    return true;
            }
            finally
            {
                segment.Release();
            }
        }

        return false;
    }

    private long SegmentAt(long position)
    {
        var all = _segments.All;
        var at = all.Length - 1;
        while (at > 0 && all[at].Header.Position > position)
            at--;
        return all[at].Name.Number;
    }
}
