using System.Runtime.CompilerServices;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Objects;

/// <summary>Reads a stream in the order of the events' own times, and of their versions among equal times, in bounded memory.</summary>
/// <param name="journal">The journal.</param>
/// <param name="capacity">How many (time, version) pairs are held at once. A longer stream that is out of order is read several times.</param>
internal sealed class ChronologicalReader(IJournal journal, int capacity = 1 << 18)
{
    /// <summary>The events that <paramref name="request"/> (forward, with an end) gives, in chronological order.</summary>
    public async IAsyncEnumerable<RecordedEvent> ReadAsync(
        string stream, ReadRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (await IsInOrderAsync(stream, request, cancellationToken).ConfigureAwait(false))
        {
            await foreach (var @event in journal.ReadAsync(stream, request, cancellationToken).ConfigureAwait(false))
                yield return @event;
            yield break;
        }

        (long Ticks, long Version) last = (long.MinValue, 0);
        List<(long Ticks, long Version)> next;
        do
        {
            next = await NextAsync(stream, request, last, cancellationToken).ConfigureAwait(false);
            foreach (var run in Runs(next))
            {
                var part = new ReadRequest { From = run.First, To = run.Last, Incarnation = request.Incarnation };
                await foreach (var @event in journal.ReadAsync(stream, part, cancellationToken).ConfigureAwait(false))
                    yield return @event;
            }

            last = next.Count > 0 ? next[^1] : last;
        }
        while (next.Count == capacity);
    }

    private async ValueTask<bool> IsInOrderAsync(string stream, ReadRequest request, CancellationToken cancellationToken)
    {
        var last = DateTimeOffset.MinValue;
        await foreach (var @event in journal.ReadAsync(stream, request, cancellationToken).ConfigureAwait(false))
        {
            if (@event.Time < last)
                return false;
            last = @event.Time;
        }

        return true;
    }

    /// <summary>The lowest pairs after <paramref name="last"/>, sorted, as many as can be held.</summary>
    private async ValueTask<List<(long Ticks, long Version)>> NextAsync(
        string stream, ReadRequest request, (long Ticks, long Version) last, CancellationToken cancellationToken)
    {
        var lowest = new List<(long Ticks, long Version)>();
        var bound = (long.MaxValue, long.MaxValue);
        await foreach (var @event in journal.ReadAsync(stream, request, cancellationToken).ConfigureAwait(false))
        {
            var pair = (@event.Time.UtcTicks, @event.Version);
            if (pair.CompareTo(last) <= 0 || pair.CompareTo(bound) >= 0)
                continue;
            lowest.Add(pair);
            if (lowest.Count < 2 * capacity)
                continue;
            Trim();
            bound = lowest[^1];
        }

        Trim();
        return lowest;

        void Trim()
        {
            lowest.Sort();
            if (lowest.Count > capacity)
                lowest.RemoveRange(capacity, lowest.Count - capacity);
        }
    }

    /// <summary>Pairs that also stand one behind the other in the stream are read together.</summary>
    private static IEnumerable<(long First, long Last)> Runs(List<(long Ticks, long Version)> pairs)
    {
        for (var i = 0; i < pairs.Count;)
        {
            var first = pairs[i].Version;
            var last = first;
            while (++i < pairs.Count && pairs[i].Version == last + 1)
                last++;
            yield return (first, last);
        }
    }
}
