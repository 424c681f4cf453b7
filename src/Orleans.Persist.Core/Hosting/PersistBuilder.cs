using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Persist.Memory;
using Orleans.Persist.Processes;
using Orleans.Persist.Projections;
using Orleans.Persist.Scopes;
using Orleans.Persist.Sources;

namespace Orleans.Persist.Hosting;

/// <summary>Says what a host's engine consists of. Storage plug-ins add methods of their own.</summary>
public sealed class PersistBuilder
{
    internal PersistBuilder(IServiceCollection services) => Services = services;

    /// <summary>The host's services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Keeps everything in memory. Nothing outlives the process.</summary>
    public PersistBuilder UseMemory() =>
        UseStorage((services, _) => new(new MemoryStorage(services.GetService<TimeProvider>())));

    /// <summary>Keeps everything on a storage that is opened when the host starts. The last call counts.</summary>
    public PersistBuilder UseStorage(StorageFactory open)
    {
        ArgumentNullException.ThrowIfNull(open);
        Services.RemoveAll<StorageFactory>();
        Services.AddSingleton(open);
        return this;
    }

    /// <summary>Changes the engine's own options.</summary>
    public PersistBuilder Configure(Action<PersistEngineOptions> configure)
    {
        Services.Configure(configure);
        return this;
    }

    /// <summary>Adds an event source. Its options can also be configured by name: <c>services.Configure&lt;EventSourceOptions&gt;(name, section)</c>.</summary>
    public PersistBuilder AddEventSource(string name, Action<EventSourceOptions>? configure = null)
    {
        SystemNames.ValidateUserName(name, "source");
        if (configure is not null)
            Services.Configure(name, configure);
        Services.AddSingleton(new SourceSetup(name));
        return this;
    }

    /// <summary>Adds a sink, made by the container, to a source.</summary>
    public PersistBuilder AddSink<TSink, TState>(string source)
        where TSink : EventSink<TState>
        where TState : class, new() =>
        AddSink<TState>(source, services => ActivatorUtilities.GetServiceOrCreateInstance<TSink>(services));

    /// <summary>Adds a sink to a source.</summary>
    public PersistBuilder AddSink<TState>(string source, EventSink<TState> sink)
        where TState : class, new() =>
        AddSink<TState>(source, _ => sink);

    /// <summary>Adds a kind of process whose commands persist events; each process is made by the container.</summary>
    /// <param name="type">The stable name of the kind.</param>
    /// <param name="options">How it is run and kept.</param>
    public PersistBuilder AddProcess<TProcess, TState, TEvent>(string type, ProcessOptions<TState, TEvent>? options = null)
        where TProcess : PersistentProcess<TState, TEvent>
        where TEvent : notnull =>
        AddProcess(services => ProcessDefinition.Persistent(type, Factory<TProcess>(services), options));

    /// <summary>Adds a kind of actor that is rebuilt from its messages; each is made by the container.</summary>
    /// <inheritdoc cref="AddProcess"/>
    public PersistBuilder AddJournaledProcess<TProcess, TState, TMessage>(string type, ProcessOptions<TState, TMessage>? options = null)
        where TProcess : JournaledProcess<TState, TMessage>
        where TMessage : notnull =>
        AddProcess(services => ProcessDefinition.Journaled(type, Factory<TProcess>(services), options));

    private PersistBuilder AddProcess(Func<IServiceProvider, ProcessDefinition> make)
    {
        Services.AddSingleton(new ProcessSetup(make));
        return this;
    }

    private static Func<T> Factory<T>(IServiceProvider services)
    {
        var create = ActivatorUtilities.CreateFactory(typeof(T), []);
        return () => (T)create(services, []);
    }

    /// <summary>Adds a projection, by whose name states can be asked for from outside. Injectable then as one of all <see cref="Projection"/>s.</summary>
    public PersistBuilder AddProjection(Projection projection)
    {
        ArgumentNullException.ThrowIfNull(projection);
        SystemNames.ValidateUserName(projection.Name, "projection");
        if (Services.Any(service => service.ImplementationInstance is Projection known && known.Name == projection.Name))
            throw new ArgumentException($"There is a projection named '{projection.Name}' already.", nameof(projection));
        Services.AddSingleton(projection);
        return this;
    }

    /// <summary>Adds the scoped store. Injectable then: <see cref="IScopedStore"/>, which can be used once the host has started.</summary>
    /// <param name="configure">Changes its options, which can also be bound: <c>services.Configure&lt;ScopedStoreOptions&gt;(section)</c>.</param>
    public PersistBuilder AddScopedStore(Action<ScopedStoreOptions>? configure = null)
    {
        Services.AddOptions<ScopedStoreOptions>();
        if (configure is not null)
            Services.Configure(configure);
        Services.TryAddSingleton<ScopedStoreSetup>();
        Services.TryAddSingleton<IScopedStore, EngineScopedStore>();
        return this;
    }

    private PersistBuilder AddSink<TState>(string source, Func<IServiceProvider, EventSink<TState>> make)
        where TState : class, new()
    {
        SystemNames.ValidateUserName(source, "source");
        Services.AddSingleton(new SinkSetup(source, services =>
        {
            var sink = make(services);
            return () => new SinkPort<TState>(sink);
        }));
        return this;
    }
}
