using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Orleans.Persist.Audit;
using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Sources;

/// <summary>An event source in this process; <see cref="PersistEngine"/> makes it.</summary>
/// <remarks>Sinks read the journal, each at its own pace, so publishing waits for none of them and a slow one holds up nobody.</remarks>
public sealed class EventSource : IEventSource, IDisposable
{
    private readonly SourceStream _stream;
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
        _stream = new SourceStream(name, options, storage, time, logger);
        _sinks = new SinkSet(_stream.Ledger, new SinkContext
        {
            Source = name,
            Options = options,
            Journal = _stream.Journal,
            Snapshots = storage.Snapshots,
            Ledger = _stream.Ledger,
            Time = time,
            Logger = logger,
            OnExportedAsync = _stream.TruncateExportedAsync,
        });
    }

    /// <inheritdoc/>
    public string Name => _stream.Name;

    /// <summary>Whether the source holds its events in memory only, see <see cref="EventSourceOptions.VolatileCapacity"/>.</summary>
    public bool IsVolatile => _stream.IsVolatile;

    /// <summary>The source's checkpoints. Once one was taken, another is before anything is truncated, as the anchor of what is kept.</summary>
    public AuditTrail Audit => _stream.Audit;

    /// <inheritdoc/>
    public ValueTask<AppendResult> PublishAsync(
        ReadOnlyMemory<EventData> events, ProducerSequence? producer = null, CancellationToken cancellationToken = default) =>
        _stream.PublishAsync(events, producer, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<AppendResult> PublishAsync(ReadOnlyMemory<EventData> events, PublishOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return _stream.PublishAsync(events, options, cancellationToken);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<RecordedEvent> ReadAsync(ReadRequest request, CancellationToken cancellationToken = default) =>
        _stream.Journal.ReadAsync(Name, request, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<RecordedEvent> SubscribeAsync(long fromVersion = 1, EventFilter? filter = null, CancellationToken cancellationToken = default) =>
        _stream.Journal.SubscribeAsync(Name, fromVersion, filter, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StreamHead> GetHeadAsync(CancellationToken cancellationToken = default) =>
        _stream.GetHeadAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<SinkStatus>> GetSinksAsync(CancellationToken cancellationToken = default)
    {
        var running = Running;
        var records = await running._stream.Ledger.GetSinksAsync(cancellationToken).ConfigureAwait(false);
        var head = await GetHeadAsync(cancellationToken).ConfigureAwait(false);
        return [.. records.Select(record => running._stream.Status(record, running._sinks.Find(record.Name)?.Progress, head))];
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
        await running._stream.ForgetSinkAsync(name, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stops at once, as a crash would: no sink exports. What is durable stays.</summary>
    public void Dispose()
    {
        _sinks.Dispose();
        _stream.Dispose();
    }

    internal ValueTask StartSinkAsync(SinkPort port, CancellationToken cancellationToken) =>
        _running.GetOrAdd(Name, this)._sinks.StartAsync(port, cancellationToken);

    internal bool HasRun(string sink) => _sinks.Find(sink) is not null;

    internal IEnumerable<SinkRunner> Failed => _sinks.Failed;

    internal IReadOnlyList<SinkRunner> Online => _sinks.Online;

    private EventSource Running => _running.GetValueOrDefault(Name, this);
}
