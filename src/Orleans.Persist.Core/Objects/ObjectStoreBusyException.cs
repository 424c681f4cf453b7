namespace Orleans.Persist.Objects;

/// <summary>An object store has as many exports and purges waiting as it takes. Nothing was taken on.</summary>
public sealed class ObjectStoreBusyException(string name, int capacity)
    : Exception($"Object store '{name}' is busy: {capacity} exports and purges wait. Await some of them first.")
{
    /// <summary>The store's name.</summary>
    public string Name { get; } = name;
}
