namespace Orleans.Persist.Scopes;

/// <summary>A save would take the store beyond <see cref="ScopedStoreOptions.MaxTotalBytes"/>. Nothing was saved; loads and deletes go on, and saves do as soon as values are deleted or expire.</summary>
public sealed class ScopedStoreFullException(long bytes, long used, long limit)
    : Exception($"The scoped store is full: {used:N0} of {limit:N0} bytes are in use, and {bytes:N0} more are needed. Delete values, wait until some expire, or raise the limit.")
{
    /// <summary>The bytes the save needs.</summary>
    public long Bytes { get; } = bytes;

    /// <summary>The bytes in use.</summary>
    public long Used { get; } = used;

    /// <summary>The limit.</summary>
    public long Limit { get; } = limit;
}
