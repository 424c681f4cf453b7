namespace Orleans.Persist.Client;

/// <summary>There is no value to load (requirement t.4).</summary>
public sealed class ValueNotFoundException(GrpcStatus status, string message, bool expired) : EventStoreException(status, message)
{
    /// <summary>Whether there was one and its time to live is over.</summary>
    public bool IsExpired { get; } = expired;
}
