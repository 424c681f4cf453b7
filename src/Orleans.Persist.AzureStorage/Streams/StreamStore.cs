using System.Buffers.Binary;
using System.Globalization;
using Orleans.Persist.AzureStorage.Blobs;
using Orleans.Persist.AzureStorage.Indexing;
using Orleans.Persist.AzureStorage.Rows;
using Orleans.Persist.AzureStorage.Tables;
using Orleans.Persist.Journal;

namespace Orleans.Persist.AzureStorage.Streams;

/// <summary>What the lanes read and write.</summary>
internal sealed class StreamStore(
    TableClient table,
    BlobClient blobs,
    Catalogue catalogue,
    StreamScan scan,
    StreamIndexer indexer,
    AzureStorageOptions options,
    TimeProvider time,
    Action<HeadRow> changed,
    CancellationToken closing)
{
    private const int MaxBackOffMilliseconds = 200;

    /// <summary>The table's address, for messages.</summary>
    public string Place => table.Address;

    /// <summary>Ends what takes longer than an operation may, or is under way when the storage is closed.</summary>
    public CancellationTokenSource NewLimit()
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(closing);
        limit.CancelAfter(options.OperationTimeout);
        return limit;
    }

    public AppendPlan NewPlan(StreamKey key, StreamState state, SubjectIndex subjects) => new(key, state, subjects, options.IdWindow, time.GetUtcNow());

    /// <summary>A count of what is appended to a stream, that has it indexed now and then.</summary>
    public UnindexedCount CountUnindexed(StreamKey key) => new(key, indexer);

    /// <summary>A read, by the index where that helps.</summary>
    /// <param name="key">The stream.</param>
    /// <param name="request">What to read.</param>
    /// <param name="likelyIncarnation">The incarnation it probably has.</param>
    public StreamRead NewRead(StreamKey key, ReadRequest request, int likelyIncarnation) =>
        IndexedRead.Helps(request.Filter) ? new IndexedRead(key, request, indexer, table, this, scan)
        : request.Backward ? new BackwardRead(key, request, table, this, scan)
        : new ForwardRead(key, request, likelyIncarnation, table, this, scan);

    /// <summary>What to tell of an append that ran out of time.</summary>
    public JournalUnavailableException NotSettled(StreamKey key, Exception inner) => new(
        closing.IsCancellationRequested
            ? $"{Place} was closed before an append to stream '{key.Name}' was settled. It may have happened."
            : $"{Place}: an append to stream '{key.Name}' was not settled within {options.OperationTimeout.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} s. It may have happened.",
        inner);

    /// <summary>Waits a little after the second conflict and longer after more, so that writers in several processes do not outdo each other for ever.</summary>
    public static async Task BackOffAsync(int conflicts, CancellationToken cancellationToken)
    {
        if (conflicts > 1)
            await Task.Delay(Random.Shared.Next(1, Math.Min(MaxBackOffMilliseconds, 2 << Math.Min(conflicts, 10))), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The stream's head as it is now.</summary>
    public async Task<HeadRow?> GetHeadAsync(StreamKey key, CancellationToken cancellationToken)
    {
        var found = await table.GetAsync<HeadRow>(key.Partition, StreamKey.Head, cancellationToken).ConfigureAwait(false);
        return found?.Row.Check(key, Place);
    }

    /// <summary>What an append needs to know first. The <paramref name="known"/> state is returned where it is still so.</summary>
    public async Task<StreamState> LoadAsync(StreamKey key, StreamState? known, CancellationToken cancellationToken)
    {
        var found = await table.GetAsync<HeadRow>(key.Partition, StreamKey.Head, cancellationToken).ConfigureAwait(false);
        if (found is not { } head)
            return known is { Etag: null } ? known : new StreamState(HeadRow.None(key), null);
        return known is not null && known.Etag == head.Etag ? known : new StreamState(head.Row.Check(key, Place), head.Etag);
    }

    /// <summary>Reads what an append turned out to need.</summary>
    public Task LearnAsync(
        StreamKey key, StreamState state, SubjectIndex subjects, PendingAppend append, Verdict need, CancellationToken cancellationToken) => need switch
    {
        Verdict.NeedsIds => LoadIdsAsync(key, state, cancellationToken),
        Verdict.NeedsProducer => LoadProducerAsync(key, state, append.Producer!.Value.Producer, cancellationToken),
        Verdict.NeedsSubjects => new SubjectSearch(this, scan).RunAsync(key, state.Head, subjects, append.Subjects, cancellationToken),
        Verdict.NeedsComparison => CompareAsync(key, state, append, cancellationToken),
        _ => throw new InvalidOperationException($"Nothing was decided on, and nothing needed: {need}."),
    };

    /// <summary>Has a plan happen.</summary>
    /// <returns>Whether it happened; false where the stream was another by then. Without an ETag in the state afterwards, the head must be read.</returns>
    /// <exception cref="JournalUnavailableException">It may have happened.</exception>
    public async Task<bool> CommitAsync(StreamKey key, StreamState state, AppendPlan plan, CancellationToken cancellationToken)
    {
        if (state.Etag is null)
            await catalogue.AddStreamAsync(key, cancellationToken).ConfigureAwait(false);
        foreach (var (append, row, _) in plan.Commits.Where(c => c.Row.Blob is not null))
            await blobs.CreateAsync(row.Blob!, append.Events.Frame, cancellationToken).ConfigureAwait(false);
        using var batch = table.NewBatch();
        plan.WriteTo(batch);
        try
        {
            var (outcome, retried) = await table.SubmitAsync(batch, cancellationToken).ConfigureAwait(false);
            if (outcome.Happened)
            {
                plan.Apply(outcome.Etags[^1]);
            }
            else if (retried && await HasHappenedAsync(key, plan, cancellationToken).ConfigureAwait(false))
            {
                plan.Apply(null); // the conflict was with its own first try
            }
            else
            {
                await RemoveBlobsAsync(plan, cancellationToken).ConfigureAwait(false);
                return false;
            }
        }
        catch (JournalUnavailableException)
        {
            if (!await HasHappenedAsync(key, plan, cancellationToken).ConfigureAwait(false))
                throw;
            plan.Apply(null);
        }

        foreach (var (append, _, _) in plan.Commits)
            append.Events.Dispose();
        changed(plan.Head);
        return true;
    }

    private async Task<bool> HasHappenedAsync(StreamKey key, AppendPlan plan, CancellationToken cancellationToken)
    {
        var mine = plan.Commits[0].Row;
        var found = await table.GetAsync<CommitRow>(key.Partition, mine.RowKey, cancellationToken).ConfigureAwait(false);
        return found?.Row.Commit == mine.Commit;
    }

    /// <summary>What is left over from a transaction that did not happen; the sweep finds what this misses.</summary>
    private async Task RemoveBlobsAsync(AppendPlan plan, CancellationToken cancellationToken)
    {
        foreach (var (_, row, _) in plan.Commits.Where(c => c.Row.Blob is not null))
            await blobs.DeleteAsync(row.Blob!, cancellationToken).ConfigureAwait(false);
    }

    private async Task LoadIdsAsync(StreamKey key, StreamState state, CancellationToken cancellationToken)
    {
        var ids = new IdentityWindow(options.IdWindow);
        var from = Math.Max(state.Head.FirstVersion, state.Head.Version - options.IdWindow + 1);
        if (from <= state.Head.Version)
        {
            var query = new TableQuery(key.Partition)
            {
                From = StreamKey.Commit(state.Head.Incarnation, from),
                To = StreamKey.Commit(state.Head.Incarnation, state.Head.Version),
                Select = CommitRow.Outline,
            };
            await foreach (var row in table.QueryAllAsync<CommitRow>(query, cancellationToken).ConfigureAwait(false))
            {
                var count = row.Ids.Length / sizeof(ulong);
                for (var i = 0; i < count; i++)
                    ids.Add(row.LastVersion - count + 1 + i, BinaryPrimitives.ReadUInt64LittleEndian(row.Ids.Span[(i * sizeof(ulong))..]));
            }
        }

        state.Ids = ids;
    }

    private async Task LoadProducerAsync(StreamKey key, StreamState state, string producer, CancellationToken cancellationToken)
    {
        var found = state.Etag is null
            ? null
            : await table.GetAsync<ProducerRow>(key.Partition, StreamKey.Producer(state.Head.Incarnation, producer), cancellationToken).ConfigureAwait(false);
        if (state.Producers.Count >= StreamState.MaxProducers)
            state.Producers.Clear();
        state.Producers[producer] = found?.Row;
    }

    /// <summary>Compares an append with the stored events of equal identity.</summary>
    private async Task CompareAsync(StreamKey key, StreamState state, PendingAppend append, CancellationToken cancellationToken)
    {
        var (incarnation, newest) = (state.Head.Incarnation, state.Head.Version);
        var from = Math.Max(state.Head.FirstVersion, newest - options.IdWindow + 1);
        var (low, high) = (long.MaxValue, 0L);
        foreach (var identity in append.Events.Identities.Where(i => i != 0))
        {
            if (state.Ids!.Find(identity, from, newest) is { } found)
                (low, high) = (Math.Min(low, found.Lowest), Math.Max(high, found.Highest));
        }

        var stored = new Dictionary<(string Source, string Id), RecordedEvent>();
        await foreach (var events in scan.ReadAsync(key, incarnation, low, high, cancellationToken).ConfigureAwait(false))
        {
            foreach (var @event in events.Where(e => e.Version >= from && EventIdentity.Of(e) != 0))
                stored[(@event.Source, @event.Id)] = @event;
        }

        append.Compared = (state.Etag!, DuplicateSearch.Find(key.Name, append.Events, stored));
    }
}
