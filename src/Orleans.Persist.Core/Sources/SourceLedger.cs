using System.Text.Json;
using Microsoft.Extensions.Logging;
using Orleans.Persist.Diagnostics;
using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Sources;

/// <summary>A source's own state (its sinks, their versions and counters), journaled in a stream of its own.</summary>
/// <remarks>
/// Every event carries the whole record of the sink it is about; from time to time one carries all of them and those before it are truncated.
/// The state in memory is changed first: what cannot be stored goes with the next change, as one event that carries all.
/// Should another one have written (a second activation of the source, or an append of our own that seemed to fail), its state is read, and what is not stored yet is done to that.
/// </remarks>
internal sealed class SourceLedger(string source, IStorage storage, TimeProvider time, TimeSpan timeout, ILogger logger) : ISinkLedger, IDisposable
{
    private const int CheckpointEvery = 256;
    private const int MaxUnstored = 1_000;
    private const int MaxAttempts = 3;

    private readonly string _stream = SystemNames.Ledger(source);
    private readonly SemaphoreSlim _gate = new(1);
    private readonly List<SinkChange> _unstored = [];
    private LedgerContent? _content;
    private volatile bool _dirty;
    private bool _beginsRun;

    /// <inheritdoc/>
    public int Run => _content?.Run ?? 0;

    /// <summary>Whether everything that was noted is durable.</summary>
    public bool IsStored => !_dirty;

    public void Dispose() => _gate.Dispose();

    public async ValueTask LoadAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await LoadOnceAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask<IReadOnlyList<SinkRecord>> GetSinksAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var content = await LoadOnceAsync(cancellationToken).ConfigureAwait(false);
            return [.. content.Sinks.OrderBy(s => s.Name, StringComparer.Ordinal)];
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Opens the next run of a volatile source, whose versions begin anew.</summary>
    public async ValueTask BeginRunAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            (await LoadOnceAsync(cancellationToken).ConfigureAwait(false)).Run++;
            _dirty = _beginsRun = true;
            await StoreAsync(null, cancellationToken).ConfigureAwait(false);
            _beginsRun = false;
            if (_dirty)
                throw new JournalUnavailableException($"The volatile source '{source}' cannot note that it begins anew.");
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask<SinkRecord> ChangeAsync(SinkChange change, CancellationToken cancellationToken = default)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var content = await LoadOnceAsync(cancellationToken).ConfigureAwait(false);
            if (content.Apply(change, time.GetUtcNow(), storage.Snapshots.Keep) is not { } record)
                return content.Find(change.Sink) ?? new SinkRecord { Name = change.Sink };
            _unstored.Add(change);
            if (_unstored.Count > MaxUnstored)
                _unstored.RemoveAt(0); // a later change of the same sink says what counts
            await StoreAsync(record, cancellationToken).ConfigureAwait(false);
            return _content!.Find(change.Sink) ?? record;
        }
        finally
        {
            _gate.Release();
        }
    }

    private async ValueTask<LedgerContent> LoadOnceAsync(CancellationToken cancellationToken)
    {
        if (_content is not null)
            return _content;
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return _content = await ReadAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"What source '{source}' has noted of its sinks could not be read within {timeout}.", e);
        }
    }

    private async Task<LedgerContent> ReadAsync(CancellationToken cancellationToken)
    {
        var content = new LedgerContent { Head = await storage.Journal.GetHeadAsync(_stream, cancellationToken).ConfigureAwait(false) };
        await foreach (var @event in storage.Journal.ReadAsync(_stream, new ReadRequest { To = content.Head.Version }, cancellationToken).ConfigureAwait(false))
            content.Fold(@event);
        return content;
    }

    /// <summary>Stores the record of one sink, or everything where earlier changes could not be stored.</summary>
    private async ValueTask StoreAsync(SinkRecord? record, CancellationToken cancellationToken)
    {
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    await AppendAsync(NextEvent(record), cancellationToken).ConfigureAwait(false);
                    break;
                }
                catch (VersionConflictException) when (attempt < MaxAttempts)
                {
                    await ReloadAsync(cancellationToken).ConfigureAwait(false);
                }
            }

            _dirty = false;
            _unstored.Clear();
        }
        catch (Exception e)
        {
            _dirty = true;
            logger.LedgerNotStored(e, source);
        }
    }

    private EventData NextEvent(SinkRecord? record)
    {
        var content = _content!;
        var checkpoint = record is null || _dirty || content.Head.Version - content.PreviousCheckpoint >= CheckpointEvery;
        return new EventData
        {
            Type = checkpoint ? LedgerContent.Checkpoint : _unstored[^1].Kind.ToString(),
            Data = checkpoint
                ? JsonSerializer.SerializeToUtf8Bytes(new LedgerState(content.Run, [.. content.Sinks]), LedgerJson.Default.LedgerState)
                : JsonSerializer.SerializeToUtf8Bytes(record!, LedgerJson.Default.SinkRecord),
            Time = time.GetUtcNow(),
        };
    }

    /// <summary>Takes over what another one has written, and does to it what is not stored yet.</summary>
    private async Task ReloadAsync(CancellationToken cancellationToken)
    {
        var run = Run;
        var content = await Bounded(ReadAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
        foreach (var change in _unstored)
            content.Apply(change, time.GetUtcNow(), storage.Snapshots.Keep);
        content.Run = _beginsRun ? content.Run + 1 : Math.Max(run, content.Run);
        (_content, _dirty) = (content, true);
    }

    private async ValueTask AppendAsync(EventData @event, CancellationToken cancellationToken)
    {
        var content = _content!;
        var expected = ExpectedVersion.Exactly(content.Head.Version, content.Head.Incarnation);
        var result = await Bounded(storage.Journal.AppendAsync(_stream, expected, @event, cancellationToken).AsTask(), cancellationToken).ConfigureAwait(false);
        content.Head = content.Head with { Version = result.LastVersion };
        if (@event.Type is not LedgerContent.Checkpoint)
            return;

        // The checkpoint before stays, and what follows it: nobody should depend on a single record.
        if (content.PreviousCheckpoint > content.Head.FirstVersion)
        {
            await storage.Journal.TruncateAsync(_stream, content.PreviousCheckpoint, content.Head.Incarnation, cancellationToken).AsTask().WaitAsync(timeout, time, cancellationToken).ConfigureAwait(false);
            content.Head = content.Head with { FirstVersion = content.PreviousCheckpoint };
        }

        content.PreviousCheckpoint = result.LastVersion;
    }

    private Task<T> Bounded<T>(Task<T> call, CancellationToken cancellationToken) => call.WaitAsync(timeout, time, cancellationToken);
}
