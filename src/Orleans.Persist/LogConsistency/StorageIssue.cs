using Orleans.EventSourcing;

namespace Orleans.Persist.LogConsistency;

/// <summary>The storage could not be used: what <c>OnConnectionIssue</c> of a grain is told. A grain may change the delay.</summary>
[GenerateSerializer]
[Alias("Orleans.Persist.StorageIssue")]
public sealed class StorageIssue : ConnectionIssue
{
    /// <summary>What was tried.</summary>
    [Id(0)]
    public string Operation { get; set; } = "";

    /// <summary>What the storage said.</summary>
    [Id(1)]
    public string Problem { get; set; } = "";

    /// <summary>The delay after a first failure.</summary>
    [Id(2)]
    public TimeSpan MinDelay { get; set; }

    /// <summary>The longest delay.</summary>
    [Id(3)]
    public TimeSpan MaxDelay { get; set; }

    /// <summary>Doubles from failure to failure, up to the longest; up to a half more, so that many do not come back at once.</summary>
    public override TimeSpan ComputeRetryDelay(TimeSpan? previous)
    {
        var doublings = Math.Min(NumberOfConsecutiveFailures - 1, 30);
        var delay = Math.Min(MinDelay.TotalMilliseconds * Math.Pow(2, Math.Max(0, doublings)), MaxDelay.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(delay * (1 + (Random.Shared.NextDouble() / 2)));
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Operation} failed {NumberOfConsecutiveFailures} times since {TimeOfFirstFailure:u}: {Problem}";
}
