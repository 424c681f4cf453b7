using Microsoft.Extensions.Logging;

namespace Orleans.Persist.Diagnostics;

/// <summary>The log messages of the in-process host. Event ids 1200 to 1299.</summary>
internal static partial class EngineLog
{
    [LoggerMessage(1200, LogLevel.Information, "The engine is started: {Sinks} sinks on {Sources} sources")]
    public static partial void EngineStarted(this ILogger logger, int sinks, int sources);

    [LoggerMessage(1201, LogLevel.Error, "Sink {Sink} of source {Source} could not be started")]
    public static partial void SinkNotStarted(this ILogger logger, Exception error, string source, string sink);

    [LoggerMessage(1202, LogLevel.Information, "The engine is stopped")]
    public static partial void EngineStopped(this ILogger logger);

    [LoggerMessage(1203, LogLevel.Error, "Sink {Sink} of source {Source} could not be stopped in time; it is replayed what its last export does not cover")]
    public static partial void SinkNotStopped(this ILogger logger, Exception error, string source, string sink);
}
