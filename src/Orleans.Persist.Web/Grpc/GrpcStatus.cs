namespace Orleans.Persist.Web.Grpc;

/// <summary>The gRPC status codes that calls end with here.</summary>
internal enum GrpcStatus
{
    Unknown = 2,
    InvalidArgument = 3,
    DeadlineExceeded = 4,
    NotFound = 5,
    ResourceExhausted = 8,
    Unimplemented = 12,
    Internal = 13,
    Unavailable = 14,
    DataLoss = 15,
    Unauthenticated = 16,
}
