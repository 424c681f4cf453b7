using System.Runtime.CompilerServices;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Sources;

/// <summary>The queries of a source, the system state store: streamed, paged, live.</summary>
public static class EventSourceQueries
{
    /// <summary>The most events on a page.</summary>
    public const int MaxPageSize = 10_000;

    /// <summary>A page takes no further event once its events take so many bytes.</summary>
    public const int MaxPageBytes = 16 << 20;

    /// <summary>Streams the events that a query asks for, in bounded memory. It sees what is durable when it starts.</summary>
    /// <exception cref="StreamIncarnationException">The source was deleted meanwhile.</exception>
    /// <exception cref="JournalDamagedException">A record does not check.</exception>
    public static IAsyncEnumerable<RecordedEvent> QueryAsync(this IEventSource source, EventQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return query.RecordedSince is null && query.RecordedUntil is null
            ? source.ReadAsync(query.ToReadRequest(), cancellationToken)
            : QueryByRecordedTimeAsync(source, query, cancellationToken);
    }

    /// <summary>One page of the events that a query asks for. Pages are consistent with each other while events are being published: cursors stand for versions.</summary>
    /// <param name="source">The source.</param>
    /// <param name="query">The query, the same for every page.</param>
    /// <param name="cursor"><see cref="EventPage.Next"/> of the page before, or null for the first one.</param>
    /// <param name="pageSize">The most events on the page, 1 to <see cref="MaxPageSize"/>.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="FormatException"><paramref name="cursor"/> is no cursor.</exception>
    /// <exception cref="ArgumentException">It belongs to another query.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The page's size is out of range.</exception>
    /// <exception cref="StreamIncarnationException">The source was deleted since the page before.</exception>
    public static async ValueTask<EventPage> QueryPageAsync(
        this IEventSource source, EventQuery query, string? cursor = null, int pageSize = 100, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentOutOfRangeException.ThrowIfLessThan(pageSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pageSize, MaxPageSize);
        var place = cursor is null ? (EventCursor?)null : EventCursor.Parse(cursor, query);
        var head = await source.GetHeadAsync(cancellationToken).ConfigureAwait(false);
        if (place is { } before && before.Incarnation != head.Incarnation)
            throw new StreamIncarnationException(head.Stream, before.Incarnation, head.Incarnation);
        var left = place?.Left ?? query.Limit;
        var (low, high) = await RangeAsync(source, query with { FromVersion = place?.Next ?? query.FromVersion }, head, cancellationToken).ConfigureAwait(false);
        var events = new List<RecordedEvent>();
        if (low <= high)
        {
            var request = Request(query, low, high, head) with { Limit = Math.Min(pageSize, left) };
            var bytes = 0L;
            await foreach (var @event in source.ReadAsync(request, cancellationToken).ConfigureAwait(false))
            {
                events.Add(@event);
                bytes += @event.Body.Length;
                if (bytes >= MaxPageBytes)
                    break;
            }

            left = left == long.MaxValue ? left : left - events.Count;
            var cut = events.Count > 0 && (events.Count >= request.Limit || bytes >= MaxPageBytes);
            if (cut)
                (low, high) = query.Backward ? (low, events[^1].Version - 1) : (events[^1].Version + 1, high);
            else
                (low, high) = query.Backward ? (low, low - 1) : (high + 1, high);
        }

        var atEnd = low > high;
        var over = left == 0 || (atEnd && (query.Backward || high >= query.ToVersion || query.RecordedUntil <= head.Recorded));
        var next = over ? null : new EventCursor(head.Incarnation, query.Backward ? high : low, left).ToText(query);
        return new EventPage(events, next, over || atEnd);
    }

    /// <summary>The events that a query asks for: history first and then live, with no seam, until cancelled or until its limit is reached.</summary>
    /// <exception cref="ArgumentException">The query goes backward or has a last version.</exception>
    /// <exception cref="StreamIncarnationException">The source was deleted.</exception>
    public static IAsyncEnumerable<RecordedEvent> SubscribeAsync(this IEventSource source, EventQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return query.Backward || query.ToVersion is not null
            ? throw new ArgumentException("A subscription goes forward and has no last version.", nameof(query))
            : FollowAsync(source, query, cancellationToken);
    }

    /// <summary>The version of the newest event about a subject (an aggregate), 0 where none is kept: what <see cref="PublishOptions.ExpectedSubjects"/> expects.</summary>
    public static async ValueTask<long> GetSubjectVersionAsync(this IEventSource source, string subject, CancellationToken cancellationToken = default)
    {
        var request = new ReadRequest { Backward = true, Limit = 1, Filter = new EventFilter { Subjects = [subject] } };
        await foreach (var @event in source.ReadAsync(request, cancellationToken).ConfigureAwait(false))
            return @event.Version;
        return 0;
    }

    private static async IAsyncEnumerable<RecordedEvent> QueryByRecordedTimeAsync(
        IEventSource source, EventQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var head = await source.GetHeadAsync(cancellationToken).ConfigureAwait(false);
        var (low, high) = await RangeAsync(source, query, head, cancellationToken).ConfigureAwait(false);
        if (low > high)
            yield break;
        await foreach (var @event in source.ReadAsync(Request(query, low, high, head), cancellationToken).ConfigureAwait(false))
            yield return @event;
    }

    private static async IAsyncEnumerable<RecordedEvent> FollowAsync(
        IEventSource source, EventQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (query.Limit <= 0)
            yield break;
        var head = await source.GetHeadAsync(cancellationToken).ConfigureAwait(false);
        var (low, _) = await RangeAsync(source, query, head, cancellationToken).ConfigureAwait(false);
        var left = query.Limit;
        await foreach (var @event in source.SubscribeAsync(low, query.ToFilter(), cancellationToken).ConfigureAwait(false))
        {
            yield return @event;
            if (--left == 0)
                yield break;
        }
    }

    /// <summary>The versions to look at: the recorded time is turned into versions, so that nothing outside is read.</summary>
    private static async ValueTask<(long Low, long High)> RangeAsync(IEventSource source, EventQuery query, StreamHead head, CancellationToken cancellationToken)
    {
        var (low, high) = query.ToReadRequest().Range(head);
        if (query.RecordedSince is { } since)
            low = Math.Max(low, await RecordedTime.FirstVersionAsync(source, head, since, cancellationToken).ConfigureAwait(false));
        if (query.RecordedUntil is { } until)
            high = Math.Min(high, await RecordedTime.FirstVersionAsync(source, head, until, cancellationToken).ConfigureAwait(false) - 1);
        return (low, high);
    }

    private static ReadRequest Request(EventQuery query, long low, long high, StreamHead head)
    {
        var (from, to) = query.Backward ? (high, low) : (low, high);
        return query.ToReadRequest() with { From = from, To = to, Incarnation = head.Incarnation };
    }
}
