namespace Orleans.Persist.Objects;

/// <summary>There is no object store of this name.</summary>
public sealed class ObjectStoreNotFoundException(string name) : Exception($"There is no object store named '{name}'.")
{
    /// <summary>The store's name.</summary>
    public string Name { get; } = name;
}
