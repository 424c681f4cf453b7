using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Persist.Sources;
using Orleans.Runtime;

namespace Orleans.Persist.Hosting;

/// <summary>Checks, before a silo starts, what it is configured with.</summary>
internal sealed class PersistConfigurationValidator(IServiceProvider services) : IConfigurationValidator
{
    /// <inheritdoc/>
    /// <exception cref="OrleansConfigurationException">Something is wrong; the message names the option.</exception>
    public void ValidateConfiguration()
    {
        try
        {
            var engine = services.GetEngineOptions();
            if (engine.StopTimeout <= TimeSpan.Zero)
                throw new ArgumentException($"{nameof(PersistEngineOptions)}.{nameof(engine.StopTimeout)} must be above 0; it is {engine.StopTimeout}.");
            if (services.GetServices<ProcessSetup>().Any())
                throw new ArgumentException($"{nameof(PersistBuilder.AddProcess)} and {nameof(PersistBuilder.AddJournaledProcess)} are for a process of its own; on a silo, processes are grains.");
            services.GetService<ScopedStoreSetup>()?.Options.Validate();
            var options = services.GetRequiredService<IOptionsFactory<EventSourceOptions>>();
            foreach (var setup in services.GetServices<SourceSetup>())
                options.Create(setup.Source);
        }
        catch (Exception e) when (e is OptionsValidationException or ArgumentException or InvalidOperationException)
        {
            throw new OrleansConfigurationException(e.Message, e);
        }
    }
}
