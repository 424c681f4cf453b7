namespace Orleans.Persist.Client;

/// <summary>The service refused a call or could not be reached.</summary>
public class EventStoreException : Exception
{
    /// <summary>An error with its gRPC status.</summary>
    public EventStoreException(GrpcStatus status, string message, Exception? inner = null)
        : base(message, inner) => Status = status;

    /// <summary>The gRPC status.</summary>
    public GrpcStatus Status { get; }
}
