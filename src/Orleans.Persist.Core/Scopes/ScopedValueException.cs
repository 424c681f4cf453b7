namespace Orleans.Persist.Scopes;

/// <summary>A value was asked for that is not there (requirement t.4).</summary>
public sealed class ScopedValueException(ScopedLocation location, bool expired)
    : Exception(expired ? $"key \"{location}\" is expired" : $"key \"{location}\" not present at store")
{
    /// <summary>Where it was looked for.</summary>
    public ScopedLocation Location { get; } = location;

    /// <summary>Whether a value was there and its time to live is over; else there is none.</summary>
    public bool IsExpired { get; } = expired;
}
