namespace Orleans.Persist.Scopes;

/// <summary>A space of keys: all of them, those of a bridge, or those of an instance of a bridge (requirement t.1).</summary>
/// <remarks>Names hold any characters; scopes are apart whatever characters these are (requirement t.2).</remarks>
public readonly record struct Scope
{
    private Scope(ScopeKind kind, string bridge, string instance) => (Kind, BridgeName, InstanceName) = (kind, bridge, instance);

    /// <summary>The scope that everybody shares.</summary>
    public static Scope Global { get; } = new(ScopeKind.Global, "", "");

    /// <summary>Its level.</summary>
    public ScopeKind Kind { get; }

    /// <summary>The bridge; empty for the global scope.</summary>
    public string BridgeName { get; }

    /// <summary>The instance; empty for the other levels.</summary>
    public string InstanceName { get; }

    /// <summary>The scope of a bridge.</summary>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public static Scope Bridge(string bridge)
    {
        ArgumentException.ThrowIfNullOrEmpty(bridge);
        return new Scope(ScopeKind.Bridge, bridge, "");
    }

    /// <summary>The scope of an instance of a bridge.</summary>
    /// <exception cref="ArgumentException">A name is empty.</exception>
    public static Scope Instance(string bridge, string instance)
    {
        ArgumentException.ThrowIfNullOrEmpty(bridge);
        ArgumentException.ThrowIfNullOrEmpty(instance);
        return new Scope(ScopeKind.Instance, bridge, instance);
    }

    /// <summary>The place of a key in this scope.</summary>
    /// <exception cref="ArgumentException">The key is empty.</exception>
    public ScopedLocation Key(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        return new ScopedLocation(this, key);
    }

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        ScopeKind.Global => "global",
        ScopeKind.Bridge => $"bridge.{BridgeName}",
        ScopeKind.Instance => $"instance.{BridgeName}.{InstanceName}",
        _ => "none",
    };
}
