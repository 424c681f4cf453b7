using Microsoft.Extensions.Options;

namespace Orleans.Persist.Sources;

/// <summary>Checks <see cref="EventSourceOptions"/>. The options' name is the source's.</summary>
public sealed class EventSourceOptionsValidator : IValidateOptions<EventSourceOptions>
{
    private static readonly TimeSpan LongestTimer = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, EventSourceOptions options)
    {
        var failures = new List<string>();
        Check(options.ExportEvery >= 0, nameof(options.ExportEvery), options.ExportEvery, "must be 0 (off) or more");
        Check(
            options.ExportInterval >= TimeSpan.Zero && options.ExportInterval <= LongestTimer,
            nameof(options.ExportInterval),
            options.ExportInterval,
            $"must be from 0 (off) to {LongestTimer}");
        Check(
            options.ExportTimeout > TimeSpan.Zero && options.ExportTimeout <= LongestTimer,
            nameof(options.ExportTimeout),
            options.ExportTimeout,
            $"must be above 0 and at most {LongestTimer}");
        Check(options.VolatileCapacity >= 0, nameof(options.VolatileCapacity), options.VolatileCapacity, "must be 0 (not volatile) or more");
        Check(
            !options.TruncateExported || options.VolatileCapacity == 0,
            nameof(options.TruncateExported),
            options.TruncateExported,
            $"must be off for a volatile source ({nameof(options.VolatileCapacity)} is {options.VolatileCapacity})");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Check(bool holds, string option, object value, string rule)
        {
            if (!holds)
                failures.Add(FormattableString.Invariant($"{nameof(EventSourceOptions)}.{option} of source '{name}' {rule}; it is {value}."));
        }
    }

    /// <summary>Throws where the options are not valid.</summary>
    /// <exception cref="OptionsValidationException">They are not; the message names the options.</exception>
    internal static void ThrowIfInvalid(string name, EventSourceOptions options)
    {
        var result = new EventSourceOptionsValidator().Validate(name, options);
        if (result.Failed)
            throw new OptionsValidationException(name, typeof(EventSourceOptions), result.Failures!);
    }
}
