using Orleans.Persist.AzureStorage.Rows;
using Orleans.Persist.Journal;

namespace Orleans.Persist.AzureStorage.Streams;

/// <summary>What reading forward and backward have in common: the head that a read starts from, and what to make of versions that are not found.</summary>
internal abstract class StreamRead(StreamKey key, ReadRequest request, StreamStore store, StreamScan scan)
{
    private long _missedAt = -1;

    protected StreamKey Key => key;

    protected ReadRequest Request => request;

    protected StreamScan Scan => scan;

    /// <summary>The lowest version still wanted.</summary>
    protected long Low { get; set; }

    /// <summary>The highest version wanted.</summary>
    protected long High { get; set; }

    protected int Incarnation { get; set; }

    /// <summary>The head as of which to read, if it was read already; else the read begins with it.</summary>
    public HeadRow? Known { get; init; }

    /// <summary>The commits, in the read's order.</summary>
    public abstract IAsyncEnumerable<CommitSlice> CommitsAsync(CancellationToken cancellationToken);

    /// <summary>Sets the bounds by the head as it was when the read started.</summary>
    /// <exception cref="StreamIncarnationException">The stream is not of the incarnation asked for.</exception>
    protected void StartAt(HeadRow? row)
    {
        var head = row?.Check(key, store.Place).ToHead() ?? StreamHead.None(key.Name);
        if (request.Incarnation != 0 && request.Incarnation != head.Incarnation)
            throw new StreamIncarnationException(key.Name, request.Incarnation, head.Incarnation);
        Incarnation = head.Incarnation;
        (Low, High) = request.Range(head);
    }

    protected Task<HeadRow?> GetHeadAsync(CancellationToken cancellationToken) => store.GetHeadAsync(key, cancellationToken);

    /// <summary>
    /// Finds out why the commit with a version is not there: the stream was truncated meanwhile, and <see cref="Low"/> is raised; or the answer was
    /// older than the head, and asking again helps; or it is lost.
    /// </summary>
    /// <exception cref="StreamIncarnationException">The stream was deleted meanwhile.</exception>
    /// <exception cref="JournalDamagedException">It is lost.</exception>
    protected async Task MissedAsync(long version, long nextFound, CommitRow? withoutBlob, CancellationToken cancellationToken)
    {
        var head = await GetHeadAsync(cancellationToken).ConfigureAwait(false);
        if (head?.Incarnation != Incarnation)
            throw new StreamIncarnationException(key.Name, Incarnation, head?.Incarnation ?? 1);
        if (head.FirstVersion > version)
        {
            Low = Math.Max(Low, head.FirstVersion);
            return;
        }

        if (_missedAt == version)
            throw withoutBlob is null ? scan.Gap(key, Incarnation, version, Math.Min(nextFound - 1, head.Version)) : scan.Missing(key, withoutBlob);
        _missedAt = version;
    }
}
