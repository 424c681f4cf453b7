using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Orleans.Persist.Audit;
using Orleans.Persist.Diagnostics;
using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;
using Orleans.Persist.Memory;

namespace Orleans.Persist.Sources;

/// <summary>An event source in this process; <see cref="PersistEngine"/> makes it.</summary>
/// <remarks>Sinks read the journal, each at its own pace, so publishing waits for none of them and a slow one holds up nobody.</remarks>
public sealed class EventSource : IEventSource, IDisposable
{
    private readonly SinkContext _context;
    private readonly SourceLedger _ledger;
    private readonly SinkSet _sinks;
    private readonly ConcurrentDictionary<string, EventSource> _running;

    /// <param name="name">The source's name.</param>
    /// <param name="options">Its options.</param>
    /// <param name="storage">The engine's storage.</param>
    /// <param name="time">The engine's clock.</param>
    /// <param name="logger">Where it logs to.</param>
    /// <param name="running">The engine's sources that have had a sink, by name. The one in there runs the sinks for every other of its name.</param>
    internal EventSource(
        string name, EventSourceOptions options, IStorage storage, TimeProvider time, ILogger logger, ConcurrentDictionary<string, EventSource> running)
    {
        _running = running;
        SystemNames.ValidateUserName(name, "source");
        EventSourceOptionsValidator.ThrowIfInvalid(name, options);
        Name = name;
        _ledger = new SourceLedger(name, storage, time, options.ExportTimeout, logger);
        _context = new SinkContext
        {
            Source = name,
            Options = options,
            Journal = options.VolatileCapacity > 0 ? new MemoryJournal(time) : storage.Journal,
            Snapshots = storage.Snapshots,
            Ledger = _ledger,
            Time = time,
            Logger = logger,
            OnExportedAsync = TruncateExportedAsync,
        };
        _sinks = new SinkSet(_context);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Whether the source holds its events in memory only, see <see cref="EventSourceOptions.VolatileCapacity"/>.</summary>
    public bool IsVolatile => _context.IsVolatile;

    /// <summary>The source's checkpoints. Once one was taken, another is before anything is truncated, as the anchor of what is kept.</summary>
    public AuditTrail Audit => new(_context.Journal, Name, _context.Time);

    /// <inheritdoc/>
    public ValueTask<AppendResult> PublishAsync(
        ReadOnlyMemory<EventData> events, ProducerSequence? producer = null, CancellationToken cancellationToken = default) =>
        IsVolatile || SourceInstruments.PublishingIsObserved
            ? PublishObservedAsync(events, new PublishOptions { Producer = producer }, cancellationToken)
            : _context.Journal.AppendAsync(Name, ExpectedVersion.Any, events, producer, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<AppendResult> PublishAsync(ReadOnlyMemory<EventData> events, PublishOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return IsVolatile || SourceInstruments.PublishingIsObserved
            ? PublishObservedAsync(events, options, cancellationToken)
            : _context.Journal.AppendAsync(Name, options.Expected, options.ExpectedSubjects, events, options.Producer, cancellationToken);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<RecordedEvent> ReadAsync(ReadRequest request, CancellationToken cancellationToken = default) =>
        _context.Journal.ReadAsync(Name, request, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<RecordedEvent> SubscribeAsync(long fromVersion = 1, EventFilter? filter = null, CancellationToken cancellationToken = default) =>
        _context.Journal.SubscribeAsync(Name, fromVersion, filter, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StreamHead> GetHeadAsync(CancellationToken cancellationToken = default) =>
        _context.Journal.GetHeadAsync(Name, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<SinkStatus>> GetSinksAsync(CancellationToken cancellationToken = default)
    {
        var running = Running;
        var records = await running._ledger.GetSinksAsync(cancellationToken).ConfigureAwait(false);
        var head = await GetHeadAsync(cancellationToken).ConfigureAwait(false);
        return [.. records.Select(record => running.Status(record, head))];
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The sink that is named is not online.</exception>
    public ValueTask ExportAsync(string? sink = null, CancellationToken cancellationToken = default)
    {
        var sinks = Running._sinks;
        var runners = sink is null
            ? sinks.Online
            : [sinks.Find(sink) is { IsOnline: true } runner ? runner : throw new InvalidOperationException($"Sink '{sink}' of source '{Name}' is not online.")];
        return new(Task.WhenAll(runners.Select(r => r.Exporter.Request())).WaitAsync(cancellationToken));
    }

    /// <summary>
    /// Brings a sink online: it imports its newest readable export (requirements g.2.0, g.6.1), is registered with the version that covers (g.3.0),
    /// and gets every event after it, in order, then live ones. Completes once it is registered.
    /// </summary>
    /// <param name="sink">The sink.</param>
    /// <param name="cancellationToken">Ends the import.</param>
    /// <exception cref="InvalidOperationException">A sink of this name is online already.</exception>
    /// <exception cref="EventGapException">Events that its newest readable export does not cover are no longer there.</exception>
    public async ValueTask StartSinkAsync<TState>(EventSink<TState> sink, CancellationToken cancellationToken = default)
        where TState : class, new()
    {
        ArgumentNullException.ThrowIfNull(sink);
        await StartSinkAsync(new SinkPort<TState>(sink), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes a sink offline; it exports first (requirements g.0.2, g.2.1). Does nothing for one that is not online.</summary>
    /// <param name="name">The sink's name.</param>
    /// <param name="cancellationToken">Ends the wait; the sink is then stopped without its export.</param>
    public ValueTask StopSinkAsync(string name, CancellationToken cancellationToken = default) => Running._sinks.StopAsync(name, cancellationToken);

    /// <summary>Forgets a sink that is not online: its exports and what the source has noted of it. It no longer holds back truncation, and begins anew if it is started again.</summary>
    /// <exception cref="InvalidOperationException">The sink is online.</exception>
    public async ValueTask ForgetSinkAsync(string name, CancellationToken cancellationToken = default)
    {
        var running = _running.GetOrAdd(Name, this);
        if (!running._sinks.TryRemove(name))
            throw new InvalidOperationException($"Sink '{name}' of source '{Name}' is online; stop it first.");
        await _context.Snapshots.DeleteAsync(SystemNames.SinkExports(Name, name), cancellationToken).ConfigureAwait(false);
        await running._ledger.ForgetAsync(name, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stops at once, as a crash would: no sink exports. What is durable stays.</summary>
    public void Dispose()
    {
        _sinks.Dispose();
        _ledger.Dispose();
    }

    internal ValueTask StartSinkAsync(SinkPort port, CancellationToken cancellationToken) =>
        _running.GetOrAdd(Name, this)._sinks.StartAsync(port, cancellationToken);

    internal bool HasRun(string sink) => _sinks.Find(sink) is not null;

    internal IEnumerable<SinkRunner> Failed => _sinks.Failed;

    internal IReadOnlyList<SinkRunner> Online => _sinks.Online;

    private EventSource Running => _running.GetValueOrDefault(Name, this);

    private async ValueTask<AppendResult> PublishObservedAsync(
        ReadOnlyMemory<EventData> events, PublishOptions options, CancellationToken cancellationToken)
    {
        var started = _context.Time.GetTimestamp();
        Exception? error = null;
        using var activity = SourceInstruments.StartPublish(Name, events.Length);
        try
        {
            var result = await _context.Journal.AppendAsync(Name, options.Expected, options.ExpectedSubjects, events, options.Producer, cancellationToken).ConfigureAwait(false);
            if (IsVolatile)
                await _context.Journal.TruncateAsync(Name, Math.Max(1, result.LastVersion - _context.Options.VolatileCapacity + 1), cancellationToken).ConfigureAwait(false);
            return result;
        }
        catch (Exception e)
        {
            error = e;
            activity?.SetStatus(System.Diagnostics.ActivityStatusCode.Error, e.Message);
            throw;
        }
        finally
        {
            SourceInstruments.OnPublished(Name, events.Length, _context.Time.GetElapsedTime(started), error);
        }
    }

    private SinkStatus Status(SinkRecord record, StreamHead head)
    {
        var runner = _sinks.Find(record.Name);
        var current = record.Incarnation == _context.ExportIncarnation(head);
        var online = runner?.IsOnline == true;
        var exported = current ? record.ExportedVersion : 0;
        var version = online ? runner!.Version : exported;
        return new SinkStatus
        {
            Name = record.Name,
            Online = online,
            Version = version,
            Behind = Math.Max(0, head.Version - version),
            ExportNumber = record.ExportNumber,
            ExportedVersion = exported,
            LastExport = record.LastExport,
            Exports = record.Exports,
            FailedExports = record.FailedExports,
            Replayed = runner?.Replayed ?? 0,
            LastError = runner?.Error?.Message ?? runner?.Warning ?? record.LastError,
        };
    }

    /// <summary>Drops the events that no sink could need again, not even by falling back on the oldest export that is kept.</summary>
    private async Task TruncateExportedAsync()
    {
        if (!_context.Options.TruncateExported)
            return;
        try
        {
            // The export counts as running until this has ended.
            using var limit = new CancellationTokenSource(_context.Options.ExportTimeout, _context.Time);
            await TruncateAsync(limit.Token).WaitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _context.Logger.NotTruncated(e, Name);
        }

        async Task TruncateAsync(CancellationToken cancellationToken)
        {
            var head = await GetHeadAsync(cancellationToken).ConfigureAwait(false);
            var records = await _ledger.GetSinksAsync(cancellationToken).ConfigureAwait(false);
            var covered = records.Min(r => Covered(r, head.Incarnation));
            if (covered < head.FirstVersion)
                return;
            if (await Audit.ExistsAsync(cancellationToken).ConfigureAwait(false))
                await Audit.TruncateAsync(covered + 1, cancellationToken).ConfigureAwait(false);
            else
                await _context.Journal.TruncateAsync(Name, covered + 1, cancellationToken).ConfigureAwait(false);
        }

        // While fewer exports are there than are kept, a sink could also fall back on the empty state.
        long Covered(SinkRecord record, int incarnation) =>
            record.Incarnation == incarnation && record.ExportedVersions.Count >= _context.Snapshots.Keep ? record.ExportedVersions[0] : 0;
    }
}
