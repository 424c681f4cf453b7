using Azure;
using Orleans.Persist.AzureStorage.Rows;
using Orleans.Persist.AzureStorage.Streams;
using Orleans.Persist.AzureStorage.Tables;
using Orleans.Persist.Journal;

namespace Orleans.Persist.AzureStorage.Indexing;

/// <summary>Indexes what was appended, in the background, a block of commits at a time. Any number of processes may be at one stream.</summary>
internal sealed class StreamIndexer
{
    /// <summary>So many bytes of commits make a block, however few commits they are: as many as a read of the rest gets with one request.</summary>
    public const long BlockBytes = 8 << 20;
    private readonly TableClient _table;
    private readonly StreamScan _scan;
    private readonly BackgroundWork _background;
    private readonly Action<Exception>? _failed;
    private volatile bool _refused;

    public StreamIndexer(TableClient table, StreamScan scan, AzureStorageOptions options, CancellationToken closing)
    {
        (_table, _scan, BlockCommits, _failed) = (table, scan, options.IndexEvery, options.OnBackgroundError);
        _background = new BackgroundWork(Failed, closing);
    }

    /// <summary>How many commits make a block; 0 where none are made.</summary>
    public int BlockCommits { get; }

    /// <summary>Has what a stream has that is not indexed indexed in the background, if it is enough for a block.</summary>
    public void Schedule(StreamKey key)
    {
        if (BlockCommits > 0 && !_refused)
            _background.Schedule(key.Name, token => RunAsync(key, token));
    }

    public Task WhenIdleAsync(TimeSpan timeout) => _background.WhenIdleAsync(timeout);

    /// <summary>Indexes what is not, as long as it is enough for a block.</summary>
    /// <returns>How many blocks were written.</returns>
    public async Task<int> RunAsync(StreamKey key, CancellationToken cancellationToken)
    {
        if (await _table.GetAsync<HeadRow>(key.Partition, StreamKey.Head, cancellationToken).ConfigureAwait(false) is not { } found)
            return 0;
        var head = found.Row.Check(key, _table.Address);
        var indexed = await _table.GetAsync<IndexedRow>(key.Partition, StreamKey.Indexed, cancellationToken).ConfigureAwait(false);
        var from = indexed?.Row.Incarnation == head.Incarnation ? Math.Max(indexed.Value.Row.Version + 1, head.FirstVersion) : head.FirstVersion;
        var (builder, etag, blocks) = (new IndexBuilder(key, head.Incarnation, from), indexed?.Etag, 0);
        var query = new TableQuery(key.Partition) { From = StreamKey.Commit(head.Incarnation, from), Before = StreamKey.Commit(head.Incarnation + 1, 0) };
        await foreach (var row in _table.QueryAllAsync<CommitRow>(query, cancellationToken).ConfigureAwait(false))
        {
            if (row.FirstVersion > builder.Block.Last + 1 || await _scan.OpenAsync(key, row, cancellationToken).ConfigureAwait(false) is not { } events)
                break; // truncated meanwhile, or damaged: a read will tell
            while (!builder.TryAdd(row, events))
            {
                if (!await WriteAsync().ConfigureAwait(false))
                    return blocks;
            }

            if ((builder.Block.Commits >= BlockCommits || builder.Block.Bytes >= BlockBytes) && !await WriteAsync().ConfigureAwait(false))
                break;
        }

        return blocks;

        // False where another process was faster.
        async Task<bool> WriteAsync()
        {
            etag = await WriteBlockAsync(key, builder, etag, cancellationToken).ConfigureAwait(false);
            blocks += etag is null ? 0 : 1;
            builder = new IndexBuilder(key, head.Incarnation, builder.Block.Last + 1);
            return etag is not null;
        }
    }

    private async Task<string?> WriteBlockAsync(StreamKey key, IndexBuilder builder, string? etag, CancellationToken cancellationToken)
    {
        using var batch = _table.NewBatch();
        builder.WriteTo(batch);
        var indexed = new IndexedRow { PartitionKey = key.Partition, Incarnation = builder.Block.Incarnation, Version = builder.Block.Last };
        if (etag is null)
            batch.Insert(indexed);
        else
            batch.Replace(indexed, etag);
        var (outcome, _) = await _table.SubmitAsync(batch, cancellationToken).ConfigureAwait(false);
        return outcome.Happened ? outcome.Etags[^1] : null;
    }

    private void Failed(Exception e)
    {
        // A credential that may only read is told of once.
        if (e is JournalUnavailableException { InnerException: RequestFailedException { Status: 401 or 403 } })
        {
            if (_refused)
                return;
            _refused = true;
        }

        _failed?.Invoke(e);
    }
}
