namespace Orleans.Persist.Objects;

/// <summary>An object store of this name exists already (requirement g.1.0).</summary>
public sealed class ObjectStoreExistsException(string name) : Exception($"An object store named '{name}' exists already.")
{
    /// <summary>The store's name.</summary>
    public string Name { get; } = name;
}
