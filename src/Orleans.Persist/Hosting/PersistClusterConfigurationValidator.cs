using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Orleans.Persist.Hosting;

/// <summary>Has <see cref="PersistClusterOptions"/> checked before a silo or a client starts.</summary>
internal sealed class PersistClusterConfigurationValidator(IOptions<PersistClusterOptions> options) : IConfigurationValidator
{
    /// <inheritdoc/>
    /// <exception cref="OrleansConfigurationException">Something is wrong; the message names the option.</exception>
    public void ValidateConfiguration()
    {
        try
        {
            _ = options.Value;
        }
        catch (Exception e) when (e is OptionsValidationException or InvalidOperationException)
        {
            throw new OrleansConfigurationException(e.Message, e);
        }
    }
}
