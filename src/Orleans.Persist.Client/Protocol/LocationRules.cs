namespace Orleans.Persist.Protocol;

/// <summary>What a location and a time to live must be, with the published texts, which client and server share.</summary>
internal static class LocationRules
{
    /// <summary>The published texts' order: location, scope, key.</summary>
    /// <returns>What is wrong, or null.</returns>
    public static string? Problem(LocationType? location) =>
        location is null ? "location cannot be nil"
        : Problem(location.Scope) ?? (location.Key.Length == 0 ? "location key needs to be informed" : null);

    /// <inheritdoc cref="Problem(LocationType?)"/>
    public static string? Problem(ScopeType? scope) => scope switch
    {
        null => "scope cannot be nil",
        { Type: ScopeChoice.Global } => scope.Bridge.Length + scope.Instance.Length > 0 ? "global scope should not inform bridge nor instance" : null,
        { Type: ScopeChoice.Bridge, Bridge.Length: 0 } => "bridge scope needs the bridge identifier to be informed",
        { Type: ScopeChoice.Bridge } => scope.Instance.Length > 0 ? "bridge scope should not inform instance" : null,
        { Type: ScopeChoice.Instance } => scope.Bridge.Length == 0 || scope.Instance.Length == 0
            ? "instance scope needs bridge and instance identifiers to be informed"
            : null,
        _ => $"unknown scope type {(int)scope.Type}",
    };

    /// <inheritdoc cref="Problem(LocationType?)"/>
    public static string? Problem(int timeToLive) => timeToLive < 0 ? "TTL cannot be negative" : null;
}
