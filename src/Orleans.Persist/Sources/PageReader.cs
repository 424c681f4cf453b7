using Orleans.Persist.Journal;

namespace Orleans.Persist.Sources;

/// <summary>Reads a journal part by part, each within bounds of size and effort.</summary>
internal static class PageReader
{
    private const int MaxEvents = 1_000;
    private const int MaxBytes = 1 << 20;

    /// <summary>The most versions that one part looks at, should its filter match few of them.</summary>
    private const int MaxVersions = 50_000;

    /// <summary>A grain that deactivates lets its calls end first.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    public static async Task<ReadPart> ReadAsync(IJournal journal, string stream, ReadRequest request, CancellationToken cancellationToken)
    {
        var head = await journal.GetHeadAsync(stream, cancellationToken).ConfigureAwait(false);
        if (request.Incarnation != 0 && request.Incarnation != head.Incarnation)
            throw new StreamIncarnationException(stream, request.Incarnation, head.Incarnation);
        var (low, high) = request.Range(head);
        if (low > high || request.Limit <= 0)
            return new ReadPart([], null);
        var last = request.Backward ? Math.Max(low, high - MaxVersions + 1) : Math.Min(high, low + MaxVersions - 1);
        var window = request with { From = request.Backward ? high : low, To = last, Incarnation = head.Incarnation };
        var events = new List<RecordedEvent>();
        var bytes = 0;
        await foreach (var @event in journal.ReadAsync(stream, window with { Limit = Math.Min(request.Limit, MaxEvents) }, cancellationToken).ConfigureAwait(false))
        {
            events.Add(@event);
            bytes += @event.Body.Length;
            if (bytes >= MaxBytes)
                break;
        }

        if (events.Count == MaxEvents || bytes >= MaxBytes)
            last = events[^1].Version;
        var limit = request.Limit - events.Count;
        var end = request.Backward ? last <= low : last >= high;
        return new ReadPart([.. events], end || limit == 0 ? null : window with { From = request.Backward ? last - 1 : last + 1, To = request.Backward ? low : high, Limit = limit });
    }

    public static async Task<StreamHead> WaitAsync(IJournal journal, string stream, int incarnation, long version, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LongestWait);
        try
        {
            return await journal.WaitForAppendAsync(stream, incarnation, version, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return await journal.GetHeadAsync(stream, cancellationToken).ConfigureAwait(false);
        }
    }
}
