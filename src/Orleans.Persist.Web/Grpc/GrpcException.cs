namespace Orleans.Persist.Web.Grpc;

/// <summary>Ends a call with a status.</summary>
internal sealed class GrpcException(GrpcStatus status, string message, Exception? inner = null) : Exception(message, inner)
{
    public GrpcStatus Status { get; } = status;
}
