namespace Orleans.Persist.Scopes;

/// <summary>The level at which a value of the scoped store stands.</summary>
/// <remarks>The numbers are stored: they must not change.</remarks>
public enum ScopeKind
{
    /// <summary>None: what a default value says, and what no call takes.</summary>
    None = 0,

    /// <summary>One space of keys for all.</summary>
    Global = 1,

    /// <summary>A space of keys for each bridge.</summary>
    Bridge = 2,

    /// <summary>A space of keys for each instance of a bridge.</summary>
    Instance = 3,
}
