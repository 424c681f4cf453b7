namespace Orleans.Persist.Scopes;

/// <summary>What every scoped store can do by means of the contract alone.</summary>
public static class ScopedStoreExtensions
{
    /// <summary>Loads a value.</summary>
    /// <exception cref="ScopedValueException">There is none; it says whether it has expired.</exception>
    /// <exception cref="ArgumentException">A name is empty, too long or not valid UTF-16.</exception>
    public static async ValueTask<ReadOnlyMemory<byte>> LoadAsync(this IScopedStore store, ScopedLocation location, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        var result = await store.TryLoadAsync(location, cancellationToken).ConfigureAwait(false);
        return result.Outcome is LoadOutcome.Found ? result.Value : throw new ScopedValueException(location, result.Outcome is LoadOutcome.Expired);
    }
}
