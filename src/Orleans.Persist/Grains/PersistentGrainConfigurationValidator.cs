using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Orleans.Persist.Grains;

/// <summary>Has the options of persistent grains checked when the silo starts.</summary>
internal sealed class PersistentGrainConfigurationValidator(IOptionsFactory<PersistentGrainOptions> options) : IConfigurationValidator
{
    public void ValidateConfiguration()
    {
        try
        {
            options.Create(Options.DefaultName);
        }
        catch (OptionsValidationException e)
        {
            throw new OrleansConfigurationException(e.Message, e);
        }
    }
}
