using Microsoft.Extensions.Options;

namespace Orleans.Persist.Web;

/// <summary>Checks <see cref="PersistWebOptions"/> and names what is out of bounds.</summary>
internal sealed class PersistWebOptionsValidator : IValidateOptions<PersistWebOptions>
{
    private const int MinKeyLength = 16;

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, PersistWebOptions options)
    {
        List<string> problems = [];
        Positive(nameof(options.MaxBodyBytes), options.MaxBodyBytes);
        Positive(nameof(options.MaxBatchEvents), options.MaxBatchEvents);
        Positive(nameof(options.MaxPageEvents), options.MaxPageEvents);
        Positive(nameof(options.DefaultPageEvents), options.DefaultPageEvents);
        Positive(nameof(options.MaxLiveRequests), options.MaxLiveRequests);
        Positive(nameof(options.RequestTimeout), options.RequestTimeout.Ticks);
        Positive(nameof(options.KeepAlive), options.KeepAlive.Ticks);
        if (options.DefaultPageEvents > options.MaxPageEvents)
            problems.Add($"{nameof(options.DefaultPageEvents)} is {options.DefaultPageEvents}, above {nameof(options.MaxPageEvents)} ({options.MaxPageEvents}).");
        for (var i = 0; i < options.ApiKeys.Count; i++)
        {
            if (options.ApiKeys[i] is not { Length: >= MinKeyLength } key)
                problems.Add($"{nameof(options.ApiKeys)}[{i}] has fewer than {MinKeyLength} characters.");
            else if (key.Any(c => c is <= ' ' or > '~'))
                problems.Add($"{nameof(options.ApiKeys)}[{i}] has a character that a header cannot carry; use visible ASCII characters.");
        }

        return problems.Count > 0 ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;

        void Positive(string option, long value)
        {
            if (value <= 0)
                problems.Add($"{option} must be above 0.");
        }
    }
}
