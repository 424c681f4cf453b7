using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.EventSourcing;
using Orleans.Persist.Hosting;
using Orleans.Persist.LogConsistency;
using Orleans.Providers;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Storage;

namespace Orleans.Hosting;

/// <summary>Adds log-consistency providers for <c>JournaledGrain</c>s that keep events on the silo's journal (requirements o.1, o.7).</summary>
public static class PersistLogConsistencySiloBuilderExtensions
{
    /// <summary>The name of a provider that is given none.</summary>
    public const string DefaultName = "Persist";

    /// <summary>Adds the provider that grains get which name none.</summary>
    /// <inheritdoc cref="AddPersistBasedLogConsistencyProvider(ISiloBuilder, string, Action{OptionsBuilder{PersistLogConsistencyOptions}}?)"/>
    public static ISiloBuilder AddPersistBasedLogConsistencyProviderAsDefault(this ISiloBuilder builder, Action<PersistLogConsistencyOptions>? configure = null) =>
        builder.AddPersistBasedLogConsistencyProvider(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, configure);

    /// <inheritdoc cref="AddPersistBasedLogConsistencyProvider(ISiloBuilder, string, Action{OptionsBuilder{PersistLogConsistencyOptions}}?)"/>
    public static ISiloBuilder AddPersistBasedLogConsistencyProvider(this ISiloBuilder builder, string name = DefaultName, Action<PersistLogConsistencyOptions>? configure = null) =>
        builder.AddPersistBasedLogConsistencyProvider(name, (OptionsBuilder<PersistLogConsistencyOptions> options) =>
        {
            if (configure is not null)
                options.Configure(configure);
        });

    /// <summary>Adds a provider that grains name by <c>[LogConsistencyProvider(ProviderName = …)]</c>. The silo's storage (<c>AddPersist</c>) is used, or a keyed <see cref="Orleans.Persist.Hosting.IStorage"/> of the provider's name.</summary>
    /// <param name="builder">The silo.</param>
    /// <param name="name">The name. A name that the silo has already is refused.</param>
    /// <param name="configure">Changes the options, for instance by <c>Bind</c> to a section of the configuration. They are checked when the silo starts.</param>
    /// <exception cref="OrleansConfigurationException">There is a provider of this name.</exception>
    public static ISiloBuilder AddPersistBasedLogConsistencyProvider(this ISiloBuilder builder, string name, Action<OptionsBuilder<PersistLogConsistencyOptions>>? configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        var services = builder.Services;
        if (services.Any(service => IsNamed(service, name)))
            throw new OrleansConfigurationException($"The silo has a log-consistency provider named '{name}' already.");
        configure?.Invoke(services.AddOptions<PersistLogConsistencyOptions>(name));
        services.AddOptions<PersistLogConsistencyOptions>(name);
        services.AddTransient<IConfigurationValidator>(provider =>
            new PersistLogConsistencyOptionsValidator(
                provider.GetRequiredService<IOptionsMonitor<PersistLogConsistencyOptions>>().Get(name),
                name,
                services.Count(service => IsNamed(service, name)),
                storage => provider.GetRequiredService<IServiceProviderIsKeyedService>().IsKeyedService(typeof(IGrainStorage), storage)));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ILifecycleParticipant<ISiloLifecycle>, UnknownProviders>());
        services.AddGrainSerialization();
        services.TryAddSingleton<Factory<IGrainContext, ILogConsistencyProtocolServices>>(provider =>
        {
            var create = ActivatorUtilities.CreateFactory<GrainProtocolServices>([typeof(IGrainContext)]);
            return grain => create(provider, [grain]);
        });
        services.AddKeyedSingleton<ILogViewAdaptorFactory>(name, (provider, _) => new LogConsistencyProvider(provider, name));
        if (name == ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME)
            services.TryAddSingleton(provider => provider.GetRequiredKeyedService<ILogViewAdaptorFactory>(name));
        services.Configure<ExceptionSerializationOptions>(options => options.SupportedNamespacePrefixes.Add("Orleans.Persist"));
        return builder;
    }

    private static bool IsNamed(ServiceDescriptor service, string name) => service.ServiceType == typeof(ILogViewAdaptorFactory) && Equals(service.ServiceKey, name);
}
