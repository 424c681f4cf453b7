namespace Orleans.Persist.Scopes;

/// <summary>The bytes that a store may take, and how many it does.</summary>
internal sealed class ScopeBudget(long limit)
{
    /// <summary>What a key costs beside its bytes: its slot, the headers of two arrays and its share of the buckets, rounded up.</summary>
    private const int Overhead = 128;

    private long _used;

    public long Used => Interlocked.Read(ref _used);

    public static long CostOf(byte[] location, byte[]? value) => Overhead + location.Length + (value?.Length ?? 0);

    /// <exception cref="ScopedStoreFullException">There is no room.</exception>
    public void Take(long bytes)
    {
        var used = Interlocked.Add(ref _used, bytes);
        if (used <= limit)
            return;
        Interlocked.Add(ref _used, -bytes);
        throw new ScopedStoreFullException(bytes, used - bytes, limit);
    }

    /// <summary>Takes what is stored already, also beyond the limit.</summary>
    public void TakeAnyway(long bytes) => Interlocked.Add(ref _used, bytes);

    public void Give(long bytes) => Interlocked.Add(ref _used, -bytes);
}
