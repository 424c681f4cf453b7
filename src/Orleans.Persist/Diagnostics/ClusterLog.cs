using Microsoft.Extensions.Logging;

namespace Orleans.Persist.Diagnostics;

/// <summary>The log messages of sources and sinks on a cluster. Event ids 1500 to 1599.</summary>
internal static partial class ClusterLog
{
    [LoggerMessage(1500, LogLevel.Warning, "Sink {Sink} of source {Source} cannot be reached or activated; it is called again in {Delay}")]
    public static partial void SinkNotReached(this ILogger logger, Exception error, string source, string sink, TimeSpan delay);

    [LoggerMessage(1501, LogLevel.Information, "Sink {Sink} of source {Source} runs again, at version {Version}")]
    public static partial void SinkIsBack(this ILogger logger, string source, string sink, long version);

    [LoggerMessage(1502, LogLevel.Warning, "Source {Source} cannot look after its sinks now, and tries again")]
    public static partial void SinksNotLookedAfter(this ILogger logger, Exception error, string source);

    [LoggerMessage(1503, LogLevel.Information, "The silo serves {Sources} sources and {Sinks} sinks")]
    public static partial void SiloStarted(this ILogger logger, int sources, int sinks);

    [LoggerMessage(1504, LogLevel.Error, "Sink {Sink} of source {Source} could not be started on the cluster")]
    public static partial void SinkNotStartedOnCluster(this ILogger logger, Exception error, string source, string sink);

    [LoggerMessage(1505, LogLevel.Information, "The sinks of this silo have exported")]
    public static partial void SiloSinksStopped(this ILogger logger);
}
