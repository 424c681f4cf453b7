using Orleans.Persist.Scopes;

namespace Orleans.Persist.Serialization;

/// <inheritdoc/>
[RegisterConverter]
internal sealed class ScopedLocationConverter : IConverter<ScopedLocation, ScopedLocationSurrogate>
{
    /// <inheritdoc/>
    public ScopedLocationSurrogate ConvertToSurrogate(in ScopedLocation value) =>
        new((byte)value.Scope.Kind, value.Scope.BridgeName, value.Scope.InstanceName, value.Key);

    /// <inheritdoc/>
    public ScopedLocation ConvertFromSurrogate(in ScopedLocationSurrogate surrogate) => (ScopeKind)surrogate.Kind switch
    {
        ScopeKind.Global => Scope.Global.Key(surrogate.Key),
        ScopeKind.Bridge => Scope.Bridge(surrogate.Bridge).Key(surrogate.Key),
        ScopeKind.Instance => Scope.Instance(surrogate.Bridge, surrogate.Instance).Key(surrogate.Key),
        _ => default,
    };
}
