using Orleans.Persist.Processes;
using Orleans.Persist.Serialization;
using Orleans.Providers;
using Orleans.Runtime;

namespace Orleans.Persist.LogConsistency;

/// <summary>How a log-consistency provider keeps the grains it is named by. Bindable from configuration, under the provider's name.</summary>
public sealed class PersistLogConsistencyOptions
{
    private readonly Dictionary<Type, object> _events = [];
    private readonly Dictionary<Type, object> _states = [];

    /// <summary>When snapshots are taken. By default every 1,000 events.</summary>
    public SnapshotPolicy Snapshots { get; set; } = new() { EveryEvents = 1_000, OnPassivation = false };

    /// <summary>Whether events that every kept snapshot covers are truncated after a snapshot. Default false: history is kept.</summary>
    public bool TruncateAfterSnapshot { get; set; }

    /// <summary>What becomes of an event on which <c>TransitionState</c> throws. By default the activation fails.</summary>
    public PoisonPolicy OnPoison { get; set; }

    /// <summary>What becomes of raised events while the storage cannot take them.</summary>
    public StoreFailurePolicy OnStoreFailure { get; set; }

    /// <summary>What an activation does when another one has written its log.</summary>
    public ConflictPolicy OnConflict { get; set; }

    /// <summary>How often storing or reading is tried under <see cref="StoreFailurePolicy.Throw"/>. Default 4, above 0.</summary>
    public int Attempts { get; set; } = 4;

    /// <summary>The longest that a grain waits for its events to be confirmed, for a refresh or for a clear. Default 20 seconds (a caller's response time-out is 30 by Orleans' default), above 0.</summary>
    public TimeSpan ConfirmTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>The longest that an activation waits for its log; also the longest silence of the storage that a recovery bears. Default 20 seconds, above 0.</summary>
    public TimeSpan ActivationTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>The longest that a deactivation goes on trying to store what is unconfirmed. What it could not store is lost, and logged as an error. Default 10 seconds, above 0.</summary>
    public TimeSpan DeactivationTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The delay after a first failure; it doubles with each further one, and up to a half is added at random. Default 50 ms, above 0.</summary>
    public TimeSpan MinRetryDelay { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest such delay. Default 10 seconds, not below <see cref="MinRetryDelay"/>.</summary>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>From which of Orleans' own providers grains move in, at their first activation: what it has stored of a grain begins the grain's log here. Default none. It is only read.</summary>
    public LogImport ImportFrom { get; set; }

    /// <summary>The name of the grain storage that has what <see cref="ImportFrom"/> means. By default <c>Default</c>.</summary>
    public string ImportStorage { get; set; } = ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME;

    /// <summary>The name of a grain's stream in the journal. By default its grain id: <c>type/key</c>. Must be another one for each grain, and always the same.</summary>
    public Func<GrainId, string>? StreamName { get; set; }

    /// <summary>Says more of the events of grains whose common type of events is <typeparamref name="TEvent"/>: names, old types, tags, codecs. What is not registered is still stored by Orleans' serializer, under its alias or CLR name.</summary>
    public PersistLogConsistencyOptions ConfigureEvents<TEvent>(Action<EventTypesBuilder<TEvent>> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        _events[typeof(TEvent)] = configure;
        return this;
    }

    /// <summary>Stores the states of one type in another way than by Orleans' serializer.</summary>
    public PersistLogConsistencyOptions UseStateCodec<TState>(IStateCodec<TState> codec)
    {
        ArgumentNullException.ThrowIfNull(codec);
        _states[typeof(TState)] = codec;
        return this;
    }

    internal Action<EventTypesBuilder<TEvent>>? EventsOf<TEvent>() => _events.GetValueOrDefault(typeof(TEvent)) as Action<EventTypesBuilder<TEvent>>;

    internal IStateCodec<TState>? StateCodecOf<TState>() => _states.GetValueOrDefault(typeof(TState)) as IStateCodec<TState>;
}
