using Microsoft.Extensions.Logging;

namespace Orleans.Persist.Web.Http;

/// <summary>Log events of the HTTP face.</summary>
internal static partial class HttpLog
{
    [LoggerMessage(1, LogLevel.Error, "{Method} {Path} failed.")]
    public static partial void RequestFailed(this ILogger logger, Exception exception, string method, string path);

    [LoggerMessage(2, LogLevel.Warning, "A stream of {Path} was broken off after its begin.")]
    public static partial void StreamBroken(this ILogger logger, Exception exception, string path);
}
