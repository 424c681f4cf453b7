namespace Orleans.Persist.Scopes;

/// <summary>What a load has found.</summary>
public enum LoadOutcome
{
    /// <summary>Nothing is there, or what was there has been expired for longer than it is remembered.</summary>
    Missing = 0,

    /// <summary>The value's time to live is over (requirement t.4).</summary>
    Expired = 1,

    /// <summary>The value.</summary>
    Found = 2,
}
