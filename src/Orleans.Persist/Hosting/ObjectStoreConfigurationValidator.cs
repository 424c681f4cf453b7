using Microsoft.Extensions.Options;
using Orleans.Persist.Objects;
using Orleans.Runtime;

namespace Orleans.Persist.Hosting;

/// <summary>Checks the options of an object store before the silo starts.</summary>
internal sealed class ObjectStoreConfigurationValidator<T>(IOptionsFactory<ObjectStoreOptions<T>> options, string name) : IConfigurationValidator
{
    /// <inheritdoc/>
    /// <exception cref="OrleansConfigurationException">Something is wrong; the message names the option.</exception>
    public void ValidateConfiguration()
    {
        try
        {
            options.Create(name).Validate(name);
        }
        catch (ArgumentException e)
        {
            throw new OrleansConfigurationException(e.Message, e);
        }
    }
}
