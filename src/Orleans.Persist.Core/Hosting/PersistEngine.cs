using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Persist.Diagnostics;
using Orleans.Persist.Objects;
using Orleans.Persist.Processes;
using Orleans.Persist.Projections;
using Orleans.Persist.Scopes;
using Orleans.Persist.Sources;
using Orleans.Persist.Subscriptions;

namespace Orleans.Persist.Hosting;

/// <summary>The engine in one process: opens the storage, hosts event sources, runs their sinks and has them export when it stops.</summary>
/// <remarks>Add sources and sinks, then call <see cref="StartAsync"/>. With dependency injection, <c>AddPersist</c> does all that.</remarks>
public sealed class PersistEngine : IPersistEngine, IEngineHealth, IScopedStoreHost, IAsyncDisposable
{
    private readonly PersistEngineOptions _options;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;
    private readonly ILogger _sourceLogger;
    private readonly Func<string, EventSourceOptions> _sourceOptions;
    private readonly ConcurrentDictionary<string, EventSourceOptions> _configured = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, EventSource> _sources = new(StringComparer.Ordinal);
    private readonly List<(string Source, SinkPort Port)> _sinks = [];
    private readonly ConcurrentDictionary<(string Source, string Sink), string> _notStarted = new();
    private readonly SemaphoreSlim _gate = new(1);
    private readonly List<ProcessDefinition> _processes = [];
    private readonly NamedSubscriptions _subscriptions;
    private IStorage? _storage;
    private ProcessHost? _host;
    private ObjectStores? _objects;
    private ScopedStoreOptions? _scopedOptions;
    private ScopedStore? _scoped;
    private Exception? _failure;
    private volatile bool _started;
    private bool _disposed;

    /// <summary>An engine on a storage that is open and stays open when the engine is disposed of.</summary>
    public PersistEngine(IStorage storage, TimeProvider? timeProvider = null, ILoggerFactory? loggerFactory = null)
        : this(new PersistEngineOptions { OpenStorage = _ => new(storage), OwnsStorage = false }, timeProvider, loggerFactory)
    {
    }

    /// <summary>An engine that opens its storage when it starts.</summary>
    /// <param name="options">The options.</param>
    /// <param name="timeProvider">The clock and its timers; the system's by default.</param>
    /// <param name="loggerFactory">Where it logs to; nowhere by default.</param>
    /// <param name="sourceOptions">The options of a source that <see cref="AddSource"/> was not called for; the defaults by default.</param>
    /// <exception cref="ArgumentException">An option is missing or out of bounds; the message names it.</exception>
    public PersistEngine(
        PersistEngineOptions options,
        TimeProvider? timeProvider = null,
        ILoggerFactory? loggerFactory = null,
        Func<string, EventSourceOptions>? sourceOptions = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.OpenStorage is null)
            throw new ArgumentException($"{nameof(PersistEngineOptions)}.{nameof(options.OpenStorage)} is not set.", nameof(options));
        if (options.StopTimeout <= TimeSpan.Zero)
            throw new ArgumentException($"{nameof(PersistEngineOptions)}.{nameof(options.StopTimeout)} must be above 0; it is {options.StopTimeout}.", nameof(options));
        _options = options;
        _time = timeProvider ?? TimeProvider.System;
        _loggers = loggerFactory ?? NullLoggerFactory.Instance;
        _logger = _loggers.CreateLogger<PersistEngine>();
        _sourceLogger = _loggers.CreateLogger<EventSource>();
        _sourceOptions = sourceOptions ?? (_ => new EventSourceOptions());
        _subscriptions = new NamedSubscriptions(() => Storage.Journal, source => GetSource(source).IsVolatile, _time);
        States = new StateReader(() => Storage.Snapshots, _time, _loggers.CreateLogger<StateReader>());
    }

    /// <summary>The storage.</summary>
    /// <exception cref="InvalidOperationException">The engine has not been started.</exception>
    public IStorage Storage => _storage ?? throw NotStarted();

    /// <summary>The object stores on the same storage.</summary>
    /// <exception cref="InvalidOperationException">The engine has not been started.</exception>
    public ObjectStores Objects => _objects ?? throw NotStarted();

    /// <summary>The persistent processes on the same storage.</summary>
    /// <exception cref="InvalidOperationException">The engine has not been started.</exception>
    public ProcessHost Processes => _host ?? throw NotStarted();

    /// <summary>The named subscriptions of the sources. Usable once the engine has been started.</summary>
    public INamedSubscriptions Subscriptions => _subscriptions;

    /// <summary>Rebuilds states of projections, with snapshots on the same storage.</summary>
    public StateReader States { get; }

    /// <summary>The scoped store on the same storage.</summary>
    /// <exception cref="InvalidOperationException">The engine has none (<see cref="AddScopedStore"/>), or has not been started.</exception>
    public IScopedStore ScopedStore => _scoped ?? throw (_scopedOptions is null
        ? new InvalidOperationException($"The engine has no scoped store; call {nameof(AddScopedStore)} before it is started.")
        : NotStarted());

    /// <summary>Whether the storage is open and every configured sink has been started or has failed to; while true, events can be published and read.</summary>
    public bool IsReady => _started;

    /// <summary>What does not work now, one sentence each: the storage, or sinks that stopped by themselves. Empty when all is well.</summary>
    public IReadOnlyList<string> Problems =>
    [
        .. _failure is null ? (string[])[] : [$"The storage could not be opened: {_failure.Message}"],
        .. _notStarted.Where(p => !HasRun(p.Key.Source, p.Key.Sink)).OrderBy(p => p.Key)
            .Select(p => $"Sink '{p.Key.Sink}' of source '{p.Key.Source}' could not be started: {p.Value}"),
        .. _sources.Values.OrderBy(s => s.Name, StringComparer.Ordinal).SelectMany(s => s.Failed)
            .Select(r => $"Sink '{r.Name}' of source '{r.Source}' {(r.HasBegun ? "has stopped" : "could not be started")}: {r.Error?.Message}"),
    ];

    /// <summary>Configures a source. Before <see cref="StartAsync"/>.</summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of bounds; the message names it.</exception>
    public PersistEngine AddSource(string name, EventSourceOptions? options = null)
    {
        SystemNames.ValidateUserName(name, "source");
        options ??= _sourceOptions(name);
        EventSourceOptionsValidator.ThrowIfInvalid(name, options);
        _configured[name] = options;
        return this;
    }

    /// <summary>Has the engine open the scoped store of its storage. Before <see cref="StartAsync"/>; the last call counts.</summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of range; the message names it.</exception>
    public PersistEngine AddScopedStore(ScopedStoreOptions? options = null)
    {
        options ??= new ScopedStoreOptions();
        options.Validate();
        _scopedOptions = options;
        return this;
    }

    /// <summary>Adds a sink to a source, which need not be configured. Before <see cref="StartAsync"/>.</summary>
    /// <exception cref="ArgumentException">A sink of this name is there already, or a name breaks the rule.</exception>
    public PersistEngine AddSink<TState>(string source, EventSink<TState> sink)
        where TState : class, new()
    {
        ArgumentNullException.ThrowIfNull(sink);
        return AddSink(source, new SinkPort<TState>(sink));
    }

    /// <summary>Adds a kind of process. Before <see cref="StartAsync"/>.</summary>
    /// <exception cref="ArgumentException">A kind of this name is there already.</exception>
    public PersistEngine AddProcess(ProcessDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        if (_host is not null)
            throw new InvalidOperationException("The engine is started; add its kinds of processes before.");
        if (_processes.Any(p => p.Type == definition.Type))
            throw new ArgumentException($"There is a process type named '{definition.Type}' already.", nameof(definition));
        _processes.Add(definition);
        return this;
    }

    /// <summary>Opens the storage, brings the configured sources up and starts the sinks. A sink that cannot start is a problem of its own: see <see cref="Problems"/>.</summary>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_started)
                return;
            await OpenAsync(cancellationToken).ConfigureAwait(false);
            foreach (var name in _configured.Keys)
                GetSource(name);
            await Task.WhenAll(_sinks.Select(s => StartSinkAsync(s.Source, s.Port, cancellationToken))).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            await _host!.StartAsync(cancellationToken).ConfigureAwait(false);
            _started = true;
            _logger.EngineStarted(_sinks.Count, _sources.Count);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Has every sink that is online export, then stops them (requirements g.0.2, g.2.1); first the processes, within <see cref="Processes.ProcessHostOptions.StopTimeout"/>, then the sinks, within <see cref="PersistEngineOptions.StopTimeout"/>. The storage stays open until the engine is disposed of.</summary>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_started)
                return;
            _started = false;
            await _host!.StopAsync(cancellationToken).ConfigureAwait(false); // first: their last events are the sinks' as well
            await _host.DisposeAsync().ConfigureAwait(false);
            _host = null;
            using var limit = new CancellationTokenSource(_options.StopTimeout, _time); // from now on: a process that hangs must not take the time of the exports
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            await Task.WhenAll(_sources.Values.SelectMany(s => s.Online, (s, r) => StopSinkAsync(s, r.Name, either.Token))).ConfigureAwait(false);
            _logger.EngineStopped();
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Ends at once, as a crash would: no sink exports. What is durable stays.</summary>
    public async ValueTask AbortAsync()
    {
        _started = false;
        if (_host is not null)
            await _host.AbortAsync().ConfigureAwait(false);
        await CloseAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<IEventSource> GetSourceAsync(string name, CancellationToken cancellationToken = default) => new(GetSource(name));

    /// <summary>The source of this name, with what only a source in this process can do.</summary>
    /// <exception cref="ArgumentException">The name breaks the rule or begins with the reserved <c>$</c>.</exception>
    /// <exception cref="InvalidOperationException">The engine has not been started.</exception>
    public EventSource GetSource(string name)
    {
        SystemNames.ValidateUserName(name, "source");
        if (_sources.TryGetValue(name, out var known))
            return known;
        var configured = _configured.GetValueOrDefault(name);
        var source = new EventSource(name, configured ?? _sourceOptions(name), Storage, _time, _sourceLogger, _sources);

        // Names may come from outside, any number of them: what has nothing of its own in memory is not kept.
        return configured is not null || source.IsVolatile ? _sources.GetOrAdd(name, source) : source;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ListSourcesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var source in _sources.Values.Where(s => s.IsVolatile))
        {
            if ((await source.GetHeadAsync(cancellationToken).ConfigureAwait(false)).Exists)
                yield return source.Name;
        }

        await foreach (var head in Storage.Journal.ListStreamsAsync("", cancellationToken).ConfigureAwait(false))
        {
            if (head.Stream[0] != '$' && _sources.GetValueOrDefault(head.Stream)?.IsVolatile != true)
                yield return head.Stream;
        }
    }

    /// <summary>Stops, if it runs, and closes the storage if it owns it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        await StopAsync().ConfigureAwait(false);
        await CloseAsync().ConfigureAwait(false);
    }

    internal PersistEngine AddSink(string source, SinkPort port)
    {
        SystemNames.ValidateUserName(source, "source");
        SystemNames.ValidateUserName(port.Name, "sink");
        if (_storage is not null)
            throw new InvalidOperationException($"The engine is started; use {nameof(EventSource)}.{nameof(EventSource.StartSinkAsync)}.");
        if (_sinks.Any(s => s.Source == source && s.Port.Name == port.Name))
            throw new ArgumentException($"Source '{source}' has a sink named '{port.Name}' already.");
        _sinks.Add((source, port));
        return this;
    }

    private async ValueTask CloseAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        if (_host is not null)
            await _host.DisposeAsync().ConfigureAwait(false);
        _subscriptions.Dispose();
        foreach (var source in _sources.Values)
            source.Dispose();
        if (_scoped is not null)
            await _scoped.DisposeAsync().ConfigureAwait(false);
        if (_storage is not null && _options.OwnsStorage)
            await _storage.DisposeAsync().ConfigureAwait(false);
        _gate.Dispose();
    }

    private async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            _storage ??= await _options.OpenStorage!(cancellationToken).ConfigureAwait(false);
            _host ??= new ProcessHost(_storage, _processes, _options.Processes, _time, _loggers);
            _objects ??= new ObjectStores(_storage, _time, _loggers.CreateLogger<ObjectStores>());
            if (_scopedOptions is not null)
                _scoped ??= await Scopes.ScopedStore.OpenAsync(_storage.Journal, _scopedOptions, _time, _loggers.CreateLogger<ScopedStore>(), cancellationToken).ConfigureAwait(false);
            _failure = null;
        }
        catch (Exception e)
        {
            _failure = e;
            throw;
        }
    }

    private async Task StartSinkAsync(string source, SinkPort port, CancellationToken cancellationToken)
    {
        try
        {
            await GetSource(source).StartSinkAsync(port, cancellationToken).ConfigureAwait(false);
            _notStarted.TryRemove((source, port.Name), out _);
        }
        catch (Exception e)
        {
            if (!HasRun(source, port.Name)) // else its own error says so, until it is started again or forgotten
                _notStarted[(source, port.Name)] = e.Message;
            _logger.SinkNotStarted(e, source, port.Name);
        }
    }

    private async Task StopSinkAsync(EventSource source, string sink, CancellationToken cancellationToken)
    {
        try
        {
            await source.StopSinkAsync(sink, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _logger.SinkNotStopped(e, source.Name, sink);
        }
    }

    private bool HasRun(string source, string sink) => _sources.GetValueOrDefault(source)?.HasRun(sink) == true;

    private static InvalidOperationException NotStarted() => new($"The engine has not been started; call {nameof(StartAsync)} first.");
}
