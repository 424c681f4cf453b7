using Orleans.Persist.AzureStorage.Rows;
using Orleans.Persist.Journal;

namespace Orleans.Persist.AzureStorage.Streams;

/// <summary>Looks up the newest events about subjects, as of a head.</summary>
internal sealed class SubjectSearch(StreamStore store, StreamScan scan)
{
    /// <summary>Brings an index up to a head, and adds the subjects that it has not.</summary>
    public async Task RunAsync(
        StreamKey key, HeadRow head, SubjectIndex index, IReadOnlyCollection<SubjectVersion> subjects, CancellationToken cancellationToken)
    {
        if (index.Prepare(head))
        {
            await foreach (var events in scan.ReadAsync(key, head.Incarnation, index.AsOf + 1, head.Version, cancellationToken).ConfigureAwait(false))
            {
                foreach (var @event in events.Where(e => e.Version <= head.Version))
                    index.Saw(@event.Subject, @event.Version);
            }

            index.CaughtUp(head.Version);
        }

        foreach (var (subject, _) in subjects)
        {
            if (index.Find(subject) is null)
                index.Learn(subject, await NewestAsync(key, head, subject, cancellationToken).ConfigureAwait(false));
        }
    }

    private async Task<long> NewestAsync(StreamKey key, HeadRow head, string subject, CancellationToken cancellationToken)
    {
        if (head.Version == 0)
            return 0;
        var request = new ReadRequest { From = head.Version, Backward = true, Limit = 1, Incarnation = head.Incarnation, Filter = new EventFilter { Subjects = [subject] } };
        await foreach (var (events, low, high) in store.NewRead(key, request, head.Incarnation).CommitsAsync(cancellationToken).ConfigureAwait(false))
        {
            if (Array.FindLast(events, e => e.Version >= low && e.Version <= high && e.Subject == subject) is { } newest)
                return newest.Version;
        }

        return 0;
    }
}
