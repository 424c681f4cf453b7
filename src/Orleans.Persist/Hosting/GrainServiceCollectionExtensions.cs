using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Persist.Grains;
using Orleans.Persist.JournaledGrains;
using Orleans.Persist.Serialization;
using Orleans.Runtime;
using Orleans.Serialization.TypeSystem;

namespace Orleans.Persist.Hosting;

/// <summary>What persistent grains need of a silo.</summary>
internal static class GrainServiceCollectionExtensions
{
    public static void AddGrainSerialization(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => new OrleansTypeNames(provider.GetRequiredService<TypeConverter>()));
        services.TryAddSingleton<GrainSerialization>();
    }

    public static void AddPersistentGrains(this IServiceCollection services)
    {
        services.AddGrainSerialization();
        services.AddOptions<PersistentGrainOptions>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PersistentGrainOptions>, PersistentGrainOptionsValidator>());
        services.AddTransient<IConfigurationValidator, PersistentGrainConfigurationValidator>();
        services.TryAddSingleton<GrainSendCodec>();
        services.TryAddSingleton<GrainKernels>();
        services.AddSingleton<SenderList>();
        services.AddSingleton<SenderKeeper>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<SenderKeeper>());
        services.AddJournaledGrains();
    }

    private static void AddJournaledGrains(this IServiceCollection services)
    {
        services.TryAddSingleton<CallNames>();
        services.TryAddSingleton<JournaledMessages>();
        services.TryAddSingleton<TimerRetries>();
        services.TryAddSingleton<JournaledGrainServices>();
        var calls = services.Last(service => service.ServiceType == typeof(IGrainReferenceRuntime) && !service.IsKeyedService);
        services.Remove(calls);
        services.AddSingleton<IGrainReferenceRuntime>(provider => new JournaledCallRuntime((IGrainReferenceRuntime)(
            calls.ImplementationInstance ?? calls.ImplementationFactory?.Invoke(provider) ?? ActivatorUtilities.CreateInstance(provider, calls.ImplementationType!))));
    }
}
