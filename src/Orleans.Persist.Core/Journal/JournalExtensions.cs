using System.Runtime.CompilerServices;

namespace Orleans.Persist.Journal;

/// <summary>What every journal can do by means of the contract alone.</summary>
public static class JournalExtensions
{
    /// <summary>Appends one event.</summary>
    /// <inheritdoc cref="IJournal.AppendAsync"/>
    public static ValueTask<AppendResult> AppendAsync(
        this IJournal journal, string stream, ExpectedVersion expected, EventData @event, CancellationToken cancellationToken = default) =>
        journal.AppendAsync(stream, expected, new[] { @event }, producer: null, cancellationToken);

    /// <summary>Removes the events below a version of whichever incarnation there is.</summary>
    /// <inheritdoc cref="IJournal.TruncateAsync"/>
    public static ValueTask TruncateAsync(this IJournal journal, string stream, long beforeVersion, CancellationToken cancellationToken = default) =>
        journal.TruncateAsync(stream, beforeVersion, incarnation: 0, cancellationToken);

    /// <summary>Gives each durable event of a stream once, in order, from a version on: history first and then live, with no seam. Ends only by cancellation.</summary>
    /// <param name="journal">The journal.</param>
    /// <param name="stream">The stream; it need not exist yet.</param>
    /// <param name="fromVersion">The first version wanted.</param>
    /// <param name="filter">Which events to give; null for all.</param>
    /// <param name="cancellationToken">Ends the subscription.</param>
    /// <exception cref="StreamIncarnationException">The stream was deleted.</exception>
    public static async IAsyncEnumerable<RecordedEvent> SubscribeAsync(
        this IJournal journal,
        string stream,
        long fromVersion = 1,
        EventFilter? filter = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var head = await journal.GetHeadAsync(stream, cancellationToken).ConfigureAwait(false);
        var incarnation = head.Incarnation;
        var next = Math.Max(1, fromVersion);
        while (true)
        {
            if (head.Incarnation != incarnation)
                throw new StreamIncarnationException(stream, incarnation, head.Incarnation);
            if (head.Version >= next)
            {
                var request = new ReadRequest { From = next, To = head.Version, Filter = filter, Incarnation = incarnation };
                await foreach (var @event in journal.ReadAsync(stream, request, cancellationToken).ConfigureAwait(false))
                    yield return @event;
                next = head.Version + 1;
            }

            head = await journal.WaitForAppendAsync(stream, incarnation, next - 1, cancellationToken).ConfigureAwait(false);
        }
    }
}
