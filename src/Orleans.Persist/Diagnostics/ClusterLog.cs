using Microsoft.Extensions.Logging;

namespace Orleans.Persist.Diagnostics;

/// <summary>The log messages of sources and sinks on a cluster. Event ids 1900 to 1999.</summary>
internal static partial class ClusterLog
{
    [LoggerMessage(1900, LogLevel.Warning, "Sink {Sink} of source {Source} cannot be reached or activated; it is called again in {Delay}")]
    public static partial void SinkNotReached(this ILogger logger, Exception error, string source, string sink, TimeSpan delay);

    [LoggerMessage(1901, LogLevel.Information, "Sink {Sink} of source {Source} runs again, at version {Version}")]
    public static partial void SinkIsBack(this ILogger logger, string source, string sink, long version);

    [LoggerMessage(1902, LogLevel.Warning, "Source {Source} cannot look after its sinks now, and tries again")]
    public static partial void SinksNotLookedAfter(this ILogger logger, Exception error, string source);

    [LoggerMessage(1903, LogLevel.Information, "The silo serves {Sources} sources and {Sinks} sinks")]
    public static partial void SiloStarted(this ILogger logger, int sources, int sinks);

    [LoggerMessage(1904, LogLevel.Error, "Sink {Sink} of source {Source} could not be started on the cluster")]
    public static partial void SinkNotStartedOnCluster(this ILogger logger, Exception error, string source, string sink);

    [LoggerMessage(1905, LogLevel.Information, "The sinks of this silo have exported")]
    public static partial void SiloSinksStopped(this ILogger logger);

    [LoggerMessage(1906, LogLevel.Warning, "Part {Part} of the scoped store cannot be opened now; it is tried again")]
    public static partial void ScopedPartNotWoken(this ILogger logger, Exception error, int part);
}
