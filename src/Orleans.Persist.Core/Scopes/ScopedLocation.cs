namespace Orleans.Persist.Scopes;

/// <summary>Where a value stands: a key in a scope.</summary>
/// <param name="Scope">The scope.</param>
/// <param name="Key">The key; any characters, not empty.</param>
public readonly record struct ScopedLocation(Scope Scope, string Key)
{
    /// <summary>The location for people, such as <c>bridge.b.k</c>. Not unique: names may have dots.</summary>
    public override string ToString() => $"{Scope}.{Key}";
}
