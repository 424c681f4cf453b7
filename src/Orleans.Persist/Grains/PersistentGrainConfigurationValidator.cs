using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Persist.Processes;
using Orleans.Runtime;

namespace Orleans.Persist.Grains;

/// <summary>Has the options of persistent grains checked when the silo starts, and refuses grains whose attribute promises what this version does not do.</summary>
internal sealed class PersistentGrainConfigurationValidator(IOptionsFactory<PersistentGrainOptions> options, IOptions<GrainTypeOptions> grains) : IConfigurationValidator
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

        var marked = grains.Value.Classes.Where(grain => grain.IsDefined(typeof(JournaledAttribute), inherit: true)).Select(grain => grain.FullName).ToList();
        if (marked.Count > 0)
            throw new OrleansConfigurationException($"Grains are not message-journaled in this version, but {string.Join(", ", marked)} are marked [Journaled]: their calls would not be stored. Derive from {nameof(PersistentGrain<,>)}, or keep them as JournaledProcess in a host of their own.");
    }
}
