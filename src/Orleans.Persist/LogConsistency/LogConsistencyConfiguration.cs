using Microsoft.Extensions.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Orleans.Persist.LogConsistency;

/// <summary>Providers by configuration, in the shape that Orleans gives its own kinds: <c>Orleans:LogConsistency:NAME:ProviderType</c>, the options beside it. Orleans itself leaves this kind out.</summary>
internal static class LogConsistencyConfiguration
{
    /// <summary>The type to name.</summary>
    public const string ProviderType = "Persist";

    private const string Section = "Orleans:LogConsistency";
    private const string TypeKey = "ProviderType";

    /// <summary>Adds what the silo's configuration names.</summary>
    /// <exception cref="OrleansConfigurationException">A name has another type or none.</exception>
    public static void Apply(ISiloBuilder builder)
    {
        foreach (var section in builder.Configuration.GetSection(Section).GetChildren())
        {
            if (section[TypeKey] is not ProviderType)
                throw new OrleansConfigurationException($"{section.Path}:{TypeKey} must be '{ProviderType}', the only type of log-consistency providers that can be configured; it is '{section[TypeKey]}'.");
            builder.AddPersistBasedLogConsistencyProvider(section.Key, (PersistLogConsistencyOptions options) => section.Bind(options));
        }
    }
}
