namespace Orleans.Persist.Bench.Wire;

/// <summary>A connection to a store of values, with one request at a time.</summary>
internal interface IKeyConnection : IAsyncDisposable
{
    /// <summary>Saves the value at a key.</summary>
    ValueTask SaveAsync(int key);

    /// <summary>Loads the value at a key, which is there.</summary>
    ValueTask LoadAsync(int key);
}
