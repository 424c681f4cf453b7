using Microsoft.Extensions.Logging;

namespace Orleans.Persist.Web.Grpc;

/// <summary>The log messages of the gRPC service. Event ids 1850 to 1899.</summary>
internal static partial class GrpcLog
{
    [LoggerMessage(1850, LogLevel.Information, "The scoped store is served over gRPC at {Addresses}")]
    public static partial void Serving(this ILogger logger, string addresses);

    [LoggerMessage(1851, LogLevel.Error, "A call of {Method} has failed")]
    public static partial void CallFailed(this ILogger logger, Exception error, string? method);
}
