using Orleans.Runtime;

namespace Orleans.Persist.LogConsistency;

/// <summary>Checks a provider's options when the silo starts.</summary>
internal sealed class PersistLogConsistencyOptionsValidator(PersistLogConsistencyOptions options, string name, int providers, Func<string, bool> hasGrainStorage) : IConfigurationValidator
{
    public void ValidateConfiguration()
    {
        if (providers > 1)
            throw new OrleansConfigurationException($"The silo has {providers} log-consistency providers named '{name}'; a name may be given once.");
        AboveZero(options.ConfirmTimeout, nameof(options.ConfirmTimeout));
        AboveZero(options.ActivationTimeout, nameof(options.ActivationTimeout));
        AboveZero(options.DeactivationTimeout, nameof(options.DeactivationTimeout));
        AboveZero(options.MinRetryDelay, nameof(options.MinRetryDelay));
        if (options.MaxRetryDelay < options.MinRetryDelay)
            throw Bad(nameof(options.MaxRetryDelay), options.MaxRetryDelay, $"must not be below {nameof(options.MinRetryDelay)} ({options.MinRetryDelay})");
        if (options.Attempts <= 0)
            throw Bad(nameof(options.Attempts), options.Attempts, "must be above 0");
        if (options.Snapshots is null)
            throw Bad(nameof(options.Snapshots), "null", "must be set");
        if (options.Snapshots.EveryEvents < 0 || options.Snapshots.EveryBytes < 0 || options.Snapshots.Every < TimeSpan.Zero)
            throw Bad(nameof(options.Snapshots), options.Snapshots, "must not be negative");
        Defined(options.ImportFrom, nameof(options.ImportFrom));
        if (options.ImportFrom != LogImport.None && !hasGrainStorage(options.ImportStorage))
            throw Bad(nameof(options.ImportStorage), options.ImportStorage, "must be a grain storage that the silo has");
        Defined(options.OnPoison, nameof(options.OnPoison));
        Defined(options.OnStoreFailure, nameof(options.OnStoreFailure));
        Defined(options.OnConflict, nameof(options.OnConflict));
    }

    private void AboveZero(TimeSpan value, string option)
    {
        if (value <= TimeSpan.Zero || value.TotalMilliseconds > int.MaxValue)
            throw Bad(option, value, "must be above 0 and at most 24 days");
    }

    private void Defined<T>(T value, string option)
        where T : struct, Enum
    {
        if (!Enum.IsDefined(value))
            throw Bad(option, value, $"must be one of {string.Join(", ", Enum.GetNames<T>())}");
    }

    private OrleansConfigurationException Bad(string option, object value, string rule) =>
        new($"{nameof(PersistLogConsistencyOptions)}.{option} of the log-consistency provider '{name}' {rule}; it is {value}.");
}
