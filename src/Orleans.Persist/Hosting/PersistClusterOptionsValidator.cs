using Microsoft.Extensions.Options;

namespace Orleans.Persist.Hosting;

/// <summary>Checks <see cref="PersistClusterOptions"/>.</summary>
internal sealed class PersistClusterOptionsValidator : IValidateOptions<PersistClusterOptions>
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, PersistClusterOptions options)
    {
        var failures = new List<string>();
        Check(nameof(options.SinkCheckInterval), options.SinkCheckInterval);
        Check(nameof(options.PublishTimeout), options.PublishTimeout);
        Check(nameof(options.StartTimeout), options.StartTimeout);
        if (options.ScopeCheckInterval < TimeSpan.Zero || options.ScopeCheckInterval > Longest)
            failures.Add(FormattableString.Invariant($"{nameof(PersistClusterOptions)}.{nameof(options.ScopeCheckInterval)} must be 0 to {Longest}; it is {options.ScopeCheckInterval}."));
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Check(string option, TimeSpan value)
        {
            if (value <= TimeSpan.Zero || value > Longest)
                failures.Add(FormattableString.Invariant($"{nameof(PersistClusterOptions)}.{option} must be above 0 and at most {Longest}; it is {value}."));
        }
    }
}
