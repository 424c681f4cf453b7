using Orleans.Persist.Journal;

namespace Orleans.Persist.Sources;

/// <summary>Finds versions by the journal's time, which never runs backwards within a stream: by halving.</summary>
internal static class RecordedTime
{
    /// <summary>The first version kept that was recorded at a time or later; the one after the newest where there is none.</summary>
    public static async ValueTask<long> FirstVersionAsync(IEventSource source, StreamHead head, DateTimeOffset time, CancellationToken cancellationToken)
    {
        if (head.Recorded < time)
            return head.Version + 1;
        var (low, high) = (head.FirstVersion, head.Version + 1);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (await RecordedAsync(source, head, middle, cancellationToken).ConfigureAwait(false) < time)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private static async ValueTask<DateTimeOffset> RecordedAsync(IEventSource source, StreamHead head, long version, CancellationToken cancellationToken)
    {
        var request = new ReadRequest { From = version, To = version, Incarnation = head.Incarnation };
        await foreach (var @event in source.ReadAsync(request, cancellationToken).ConfigureAwait(false))
            return @event.Recorded;
        return DateTimeOffset.MinValue; // truncated meanwhile: below everything that is kept
    }
}
