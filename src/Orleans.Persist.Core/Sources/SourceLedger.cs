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
/// </remarks>
internal sealed class SourceLedger(string source, IStorage storage, TimeProvider time, TimeSpan timeout, ILogger logger) : IDisposable
{
    private const string Checkpoint = "Checkpoint";
    private const string Forgotten = "SinkForgotten";
    private const int CheckpointEvery = 256;

    private readonly string _stream = SystemNames.Ledger(source);
    private readonly SemaphoreSlim _gate = new(1);
    private readonly Dictionary<string, SinkRecord> _sinks = new(StringComparer.Ordinal);
    private StreamHead _head;
    private long _previousCheckpoint;
    private bool _loaded;
    private bool _dirty;

    /// <summary>How often a volatile source has been started.</summary>
    public int Run { get; private set; }

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
            await LoadOnceAsync(cancellationToken).ConfigureAwait(false);
            return [.. _sinks.Values.OrderBy(s => s.Name, StringComparer.Ordinal)];
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
            await LoadOnceAsync(cancellationToken).ConfigureAwait(false);
            Run++;
            _dirty = true;
            await StoreAsync(Checkpoint, default, cancellationToken).ConfigureAwait(false);
            if (_dirty)
                throw new JournalUnavailableException($"The volatile source '{source}' cannot note that it begins anew.");
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Changes the record of a sink; <paramref name="what"/> is the event's type.</summary>
    public async ValueTask<SinkRecord> ChangeAsync(string sink, string what, Func<SinkRecord, SinkRecord> change, CancellationToken cancellationToken = default)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await LoadOnceAsync(cancellationToken).ConfigureAwait(false);
            var record = change(_sinks.GetValueOrDefault(sink) ?? new SinkRecord { Name = sink });
            _sinks[sink] = record;
            await StoreAsync(what, JsonSerializer.SerializeToUtf8Bytes(record, LedgerJson.Default.SinkRecord), cancellationToken).ConfigureAwait(false);
            return record;
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask ForgetAsync(string sink, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await LoadOnceAsync(cancellationToken).ConfigureAwait(false);
            if (_sinks.Remove(sink, out var record))
                await StoreAsync(Forgotten, JsonSerializer.SerializeToUtf8Bytes(record, LedgerJson.Default.SinkRecord), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async ValueTask LoadOnceAsync(CancellationToken cancellationToken)
    {
        if (_loaded)
            return;
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            _sinks.Clear();
            Run = 0;
            _head = await storage.Journal.GetHeadAsync(_stream, either.Token).ConfigureAwait(false);
            await foreach (var @event in storage.Journal.ReadAsync(_stream, new ReadRequest { To = _head.Version }, either.Token).ConfigureAwait(false))
                Fold(@event);
        }
        catch (OperationCanceledException e) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"What source '{source}' has noted of its sinks could not be read within {timeout}.", e);
        }

        _loaded = true;
    }

    private void Fold(RecordedEvent @event)
    {
        if (@event.Type is Checkpoint)
        {
            var state = JsonSerializer.Deserialize(@event.Data.Span, LedgerJson.Default.LedgerState)!;
            (Run, _previousCheckpoint) = (state.Run, @event.Version);
            _sinks.Clear();
            foreach (var sink in state.Sinks)
                _sinks[sink.Name] = sink;
            return;
        }

        var record = JsonSerializer.Deserialize(@event.Data.Span, LedgerJson.Default.SinkRecord)!;
        if (@event.Type is Forgotten)
            _sinks.Remove(record.Name);
        else
            _sinks[record.Name] = record;
    }

    private async ValueTask StoreAsync(string type, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        if (_dirty || _head.Version - _previousCheckpoint >= CheckpointEvery)
        {
            type = Checkpoint;
            data = JsonSerializer.SerializeToUtf8Bytes(new LedgerState(Run, [.. _sinks.Values]), LedgerJson.Default.LedgerState);
        }

        try
        {
            await AppendAsync(new EventData { Type = type, Data = data, Time = time.GetUtcNow() }, cancellationToken).ConfigureAwait(false);
            _dirty = false;
        }
        catch (Exception e)
        {
            _dirty = true;
            logger.LedgerNotStored(e, source);
        }
    }

    private async ValueTask AppendAsync(EventData @event, CancellationToken cancellationToken)
    {
        if (_dirty) // an append that seemed to fail may have happened after all
            _head = await Bounded(storage.Journal.GetHeadAsync(_stream, cancellationToken)).ConfigureAwait(false);
        var expected = ExpectedVersion.Exactly(_head.Version, _head.Incarnation);
        var result = await Bounded(storage.Journal.AppendAsync(_stream, expected, @event, cancellationToken)).ConfigureAwait(false);
        _head = _head with { Version = result.LastVersion };
        if (@event.Type is not Checkpoint)
            return;

        // The checkpoint before stays, and what follows it: nobody should depend on a single record.
        if (_previousCheckpoint > _head.FirstVersion)
        {
            await storage.Journal.TruncateAsync(_stream, _previousCheckpoint, cancellationToken).AsTask().WaitAsync(timeout, time, cancellationToken).ConfigureAwait(false);
            _head = _head with { FirstVersion = _previousCheckpoint };
        }

        _previousCheckpoint = result.LastVersion;

        Task<T> Bounded<T>(ValueTask<T> call) => call.AsTask().WaitAsync(timeout, time, cancellationToken);
    }
}
