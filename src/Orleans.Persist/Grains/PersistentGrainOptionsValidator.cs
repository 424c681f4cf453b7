using Microsoft.Extensions.Options;

namespace Orleans.Persist.Grains;

/// <summary>Checks <see cref="PersistentGrainOptions"/>.</summary>
internal sealed class PersistentGrainOptionsValidator : IValidateOptions<PersistentGrainOptions>
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    public ValidateOptionsResult Validate(string? name, PersistentGrainOptions options)
    {
        var failures = new List<string>();
        Time(nameof(options.RecoveryTimeout), options.RecoveryTimeout);
        Time(nameof(options.AppendTimeout), options.AppendTimeout);
        Time(nameof(options.DeactivationTimeout), options.DeactivationTimeout);
        Number(nameof(options.MaxDeliveryAttempts), options.MaxDeliveryAttempts);
        Number(nameof(options.MaxUnacknowledgedSends), options.MaxUnacknowledgedSends);
        if (!Enum.IsDefined(options.OnPoison))
            failures.Add($"{nameof(PersistentGrainOptions)}.{nameof(options.OnPoison)} is no policy: {options.OnPoison}.");
        if (options.Snapshots is not { EveryEvents: >= 0, EveryBytes: >= 0 } || options.Snapshots.Every < TimeSpan.Zero)
            failures.Add($"{nameof(PersistentGrainOptions)}.{nameof(options.Snapshots)} must be set and not negative; it is {options.Snapshots}.");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Time(string option, TimeSpan value)
        {
            if (value <= TimeSpan.Zero || value > Longest)
                failures.Add($"{nameof(PersistentGrainOptions)}.{option} must be above 0 and at most {Longest}; it is {value}.");
        }

        void Number(string option, int value)
        {
            if (value <= 0)
                failures.Add(FormattableString.Invariant($"{nameof(PersistentGrainOptions)}.{option} must be above 0; it is {value}."));
        }
    }
}
