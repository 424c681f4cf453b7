using Microsoft.Extensions.Logging;

namespace Orleans.Persist.Web.Http;

/// <summary>The log messages of the HTTP face. Event ids 1860 to 1899.</summary>
internal static partial class HttpLog
{
    [LoggerMessage(1860, LogLevel.Error, "{Method} {Path} failed.")]
    public static partial void RequestFailed(this ILogger logger, Exception exception, string method, string path);

    [LoggerMessage(1861, LogLevel.Warning, "A stream of {Path} was broken off after its begin.")]
    public static partial void StreamBroken(this ILogger logger, Exception exception, string path);
}
