using Microsoft.AspNetCore.Http;
using Orleans.Persist.Journal;
using Orleans.Persist.Scopes;

namespace Orleans.Persist.Web.Grpc;

/// <summary>The status that a call ends with because of an error.</summary>
internal static class GrpcErrors
{
    /// <summary>The status and its text, or null for an error that should not happen.</summary>
    public static GrpcException? StatusOf(Exception error, bool deadlinePassed) => error switch
    {
        GrpcException status => status,
        OperationCanceledException when deadlinePassed => new(GrpcStatus.DeadlineExceeded, "the deadline has passed", error),
        ArgumentException => new(GrpcStatus.InvalidArgument, error.Message, error),
        ScopedStoreFullException => new(GrpcStatus.ResourceExhausted, error.Message, error),
        JournalDamagedException => new(GrpcStatus.DataLoss, error.Message, error),
        JournalException => new(GrpcStatus.Unavailable, error.Message, error),
        BadHttpRequestException => new(GrpcStatus.Internal, error.Message, error),
        _ => null,
    };
}
