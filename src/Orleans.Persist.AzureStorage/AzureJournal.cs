using System.Runtime.CompilerServices;
using Orleans.Persist.AzureStorage.Blobs;
using Orleans.Persist.AzureStorage.Indexing;
using Orleans.Persist.AzureStorage.Rows;
using Orleans.Persist.AzureStorage.Streams;
using Orleans.Persist.AzureStorage.Sweeping;
using Orleans.Persist.AzureStorage.Tables;
using Orleans.Persist.Journal;

namespace Orleans.Persist.AzureStorage;

/// <summary>A journal in Azure Storage that any number of processes share: one partition of a table for each stream, large commits in blobs.</summary>
/// <remarks>
/// <para>An append is one transaction of the Table service: the events, packed into one row, and the stream's head, replaced under its ETag. Appends
/// that one process makes to a stream at the same time share a transaction.</para>
/// <para>What a read returns was durable when it began. A deletion by another process during a read is noticed where the read asks the service again,
/// one by this process always.</para>
/// </remarks>
public sealed partial class AzureJournal : IConditionalJournal
{
    private readonly TableClient _table;
    private readonly BlobClient _blobs;
    private readonly AzureStorageOptions _options;
    private readonly TimeProvider _time;
    private readonly Catalogue _catalogue;
    private readonly StreamStore _store;
    private readonly StreamLanes _lanes;
    private readonly StreamWatch _watch;
    private readonly StreamIndexer _indexer;
    private readonly Cleaner _cleaner;
    private readonly OrphanBlobs _orphans;
    private readonly SweepSchedule _sweeps;
    private readonly IncarnationLog _incarnations = new();
    private readonly CancellationTokenSource _closing = new();
    private volatile bool _closed;

    internal AzureJournal(TableClient table, BlobClient blobs, Catalogue catalogue, AzureStorageOptions options, TimeProvider time)
    {
        _table = table;
        _blobs = blobs;
        _options = options;
        _time = time;
        _catalogue = catalogue;
        var scan = new StreamScan(table, blobs);
        _indexer = new StreamIndexer(table, scan, options, _closing.Token);
        _store = new StreamStore(table, blobs, catalogue, scan, _indexer, options, time, Changed, _closing.Token);
        _lanes = new StreamLanes(_store, options.CachedStreams);
        _watch = new StreamWatch(GetHeadAsync, options.PollMinimum, options.PollMaximum);
        _cleaner = new Cleaner(table, blobs, options, _closing.Token);
        _orphans = new OrphanBlobs(table, blobs);
        _sweeps = new SweepSchedule(table, token => SweepAsync(cancellationToken: token), options, time, _closing.Token);
        Limits = new JournalLimits(MaxAppendBytes, MaxAppendEvents, options.IdWindow);
    }

    /// <summary>The most bytes of one append.</summary>
    public const long MaxAppendBytes = 64 << 20;

    /// <summary>The most events of one append.</summary>
    public const int MaxAppendEvents = 100_000;

    /// <inheritdoc/>
    public JournalLimits Limits { get; }

    internal StreamIndexer Indexer => _indexer;

    internal Cleaner Cleaner => _cleaner;

    internal SweepSchedule Sweeps => _sweeps;

    /// <inheritdoc/>
    public ValueTask<AppendResult> AppendAsync(
        string stream, ExpectedVersion expected, ReadOnlyMemory<EventData> events, ProducerSequence? producer = null, CancellationToken cancellationToken = default) =>
        AppendAsync(stream, expected, [], events, producer, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<AppendResult> AppendAsync(
        string stream,
        ExpectedVersion expected,
        IReadOnlyCollection<SubjectVersion> subjects,
        ReadOnlyMemory<EventData> events,
        ProducerSequence? producer = null,
        CancellationToken cancellationToken = default)
    {
        SubjectVersion.Validate(subjects);
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfClosed();
        var key = StreamKey.Of(stream);
        var encoded = new EncodedAppend(stream, events.Span, AppendCheck.Validate(stream, events.Span, producer, Limits));
        if (encoded.EventBytes > Limits.MaxAppendBytes)
            throw new AppendTooLargeException(stream, "bytes", encoded.EventBytes, Limits.MaxAppendBytes);
        var append = new PendingAppend(encoded, expected, subjects, producer);
        var lane = _lanes.Enter(key);
        try
        {
            lane.Add(append);
            return await append.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            append.TryCancel();
            throw;
        }
        finally
        {
            lane.Leave();
        }
    }

    /// <inheritdoc/>
    public async ValueTask<StreamHead> GetHeadAsync(string stream, CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        var head = await _store.GetHeadAsync(StreamKey.Of(stream), cancellationToken).ConfigureAwait(false);
        return head?.ToHead() ?? StreamHead.None(stream);
    }

    /// <inheritdoc/>
    public async ValueTask<StreamHead> WaitForAppendAsync(string stream, int incarnation, long version, CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        _ = StreamKey.Of(stream);
        return await _watch.WaitAsync(stream, incarnation, version, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StreamHead> ListStreamsAsync(string prefix = "", [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        await foreach (var name in _catalogue.ListStreamsAsync(prefix, cancellationToken).ConfigureAwait(false))
        {
            var head = await GetHeadAsync(name, cancellationToken).ConfigureAwait(false);
            if (head.Exists)
                yield return head;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_closed)
            return;
        _closed = true;
        await _lanes.WhenIdleAsync(_options.CloseTimeout, TimeProvider.System).ConfigureAwait(false);
        await _cleaner.WhenIdleAsync(_options.CloseTimeout).ConfigureAwait(false);
        await _closing.CancelAsync().ConfigureAwait(false);
        await _indexer.WhenIdleAsync(_options.CloseTimeout).ConfigureAwait(false);
        await _sweeps.WhenEndedAsync(_options.CloseTimeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _watch.Close(Closed());
        _closing.Dispose();
    }

    private void Changed(HeadRow head)
    {
        _incarnations.Saw(head.Name, head.Incarnation);
        _watch.Changed(head.ToHead());
    }

    private void ThrowIfClosed()
    {
        if (_closed)
            throw Closed();
    }

    private JournalUnavailableException Closed() => new($"The journal in {_table.Address} is closed.");
}
