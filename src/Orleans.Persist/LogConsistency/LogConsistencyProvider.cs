using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.EventSourcing;
using Orleans.EventSourcing.LogStorage;
using Orleans.EventSourcing.StateStorage;
using Orleans.Persist.Hosting;
using Orleans.Persist.Processes;
using Orleans.Persist.Serialization;
using Orleans.Runtime;
using Orleans.Storage;

namespace Orleans.Persist.LogConsistency;

/// <summary>Keeps <c>JournaledGrain</c>s on a journal: events one by one, snapshots beside them (requirement o.1). Any number of them, by name, side by side.</summary>
/// <remarks>The storage is the keyed <see cref="IStorage"/> of the provider's name where there is one, else the silo's.</remarks>
public sealed class LogConsistencyProvider : ILogViewAdaptorFactory
{
    private readonly IServiceProvider _services;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly GrainSerialization _serialization;
    private readonly ConcurrentDictionary<Type, object> _events = new();
    private readonly ConcurrentDictionary<(Type, Type), object> _kernelOptions = new();

    /// <summary>A provider of a name.</summary>
    public LogConsistencyProvider(IServiceProvider services, string name)
    {
        ArgumentNullException.ThrowIfNull(services);
        _services = services;
        Name = name;
        Options = services.GetRequiredService<IOptionsMonitor<PersistLogConsistencyOptions>>().Get(name);
        _logger = services.GetRequiredService<ILogger<LogConsistencyProvider>>();
        _time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        _serialization = services.GetRequiredService<GrainSerialization>();
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>How it keeps its grains.</summary>
    public PersistLogConsistencyOptions Options { get; }

    /// <summary>False: it does not go through grain storage.</summary>
    public bool UsesStorageProvider => false;

    /// <inheritdoc/>
    public ILogViewAdaptor<TLogView, TLogEntry> MakeLogViewAdaptor<TLogView, TLogEntry>(
        ILogViewAdaptorHost<TLogView, TLogEntry> hostGrain,
        TLogView initialState,
        string grainTypeName,
        IGrainStorage? grainStorage,
        ILogConsistencyProtocolServices services)
        where TLogView : class, new()
        where TLogEntry : class
    {
        ArgumentNullException.ThrowIfNull(hostGrain);
        ArgumentNullException.ThrowIfNull(services);
        var storage = _services.GetKeyedService<IStorage>(Name) ?? _services.GetService<IStorage>()
            ?? throw new InvalidOperationException($"The log-consistency provider '{Name}' has no storage: call AddPersist on the silo builder, or register a keyed {nameof(IStorage)} of this name.");
        var stream = Options.StreamName?.Invoke(services.GrainId) ?? services.GrainId.ToString();
        return new LogViewAdaptor<TLogView, TLogEntry>(
            hostGrain, initialState, services, stream, KernelOptionsOf<TLogView, TLogEntry>(), new KernelServices(storage, _time, _logger), Options)
        {
            Import = ImportOf<TLogView, TLogEntry>(grainTypeName, services.GrainId),
        };
    }

    private Func<Task<StoredLog<TView, TEntry>>>? ImportOf<TView, TEntry>(string grainTypeName, GrainId grain)
        where TView : class, new()
        where TEntry : class
    {
        if (Options.ImportFrom == LogImport.None)
            return null;
        var old = _services.GetKeyedService<IGrainStorage>(Options.ImportStorage)
            ?? throw new InvalidOperationException($"The log-consistency provider '{Name}' is to import from the grain storage '{Options.ImportStorage}', which the silo does not have.");
        return async () =>
        {
            if (Options.ImportFrom == LogImport.LogStorage)
            {
                var log = new LogStateWithMetaDataAndETag<TEntry>();
                await old.ReadStateAsync(grainTypeName, grain, log).ConfigureAwait(false);
                return new StoredLog<TView, TEntry>(log.StateAndMetaData.Log, null);
            }

            var state = new GrainStateWithMetaDataAndETag<TView>();
            await old.ReadStateAsync(grainTypeName, grain, state).ConfigureAwait(false);
            return new StoredLog<TView, TEntry>([], state.StateAndMetaData.GlobalVersion > 0 ? state.StateAndMetaData.State : null);
        };
    }

    /// <summary>The events whose common type this is: what is configured, what has an <c>[EventType]</c>, and all others as they come along.</summary>
    internal EventTypes<TEvent> EventsOf<TEvent>() => (EventTypes<TEvent>)_events.GetOrAdd(typeof(TEvent), _ => _serialization.Events(Options.EventsOf<TEvent>()));

    private KernelOptions<TView, TEntry> KernelOptionsOf<TView, TEntry>()
        where TView : class
        where TEntry : class =>
        (KernelOptions<TView, TEntry>)_kernelOptions.GetOrAdd((typeof(TView), typeof(TEntry)), _ =>
        {
            var codec = Options.StateCodecOf<TView>() ?? _serialization.State<TView>();
            var options = new KernelOptions<TView, TEntry>
            {
                Events = EventsOf<TEntry>(),
                State = codec ?? new NoStateCodec<TView>(),
                Snapshots = codec is null ? SnapshotPolicy.Never with { OnPassivation = false } : Options.Snapshots,
                TruncateAfterSnapshot = Options.TruncateAfterSnapshot,
                OnPoison = Options.OnPoison,
                RecoveryTimeout = Options.ActivationTimeout,
                AppendAttempts = 1, // the adaptor tries again by its own rules
            };
            options.Validate();
            return options;
        });
}
