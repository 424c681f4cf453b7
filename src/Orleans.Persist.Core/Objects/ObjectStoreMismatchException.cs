namespace Orleans.Persist.Objects;

/// <summary>An object store was opened as another kind of store than it was created as.</summary>
/// <param name="name">The store's name.</param>
/// <param name="created">What it was created as.</param>
/// <param name="opened">What it was opened as.</param>
public sealed class ObjectStoreMismatchException(string name, string created, string opened)
    : Exception($"Object store '{name}' was created as {created}, and cannot be opened as {opened}.")
{
    /// <summary>The store's name.</summary>
    public string Name { get; } = name;

    /// <summary>What it was created as.</summary>
    public string Created { get; } = created;

    /// <summary>What it was opened as.</summary>
    public string Opened { get; } = opened;
}
