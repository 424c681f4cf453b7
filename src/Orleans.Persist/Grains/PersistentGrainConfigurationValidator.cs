using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Persist.JournaledGrains;
using Orleans.Runtime;

namespace Orleans.Persist.Grains;

/// <summary>Has the options of persistent grains checked when the silo starts, and refuses journaled grains that could not be rebuilt (requirement m.9).</summary>
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

        var problems = grains.Value.Classes.SelectMany(JournaledGrainRules.Problems).ToList();
        if (problems.Count > 0)
            throw new OrleansConfigurationException(string.Join(Environment.NewLine, problems));
    }
}
