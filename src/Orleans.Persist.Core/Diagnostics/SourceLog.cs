using Microsoft.Extensions.Logging;

namespace Orleans.Persist.Diagnostics;

/// <summary>The log messages of event sources and their sinks. Event ids 1000 to 1099.</summary>
internal static partial class SourceLog
{
    [LoggerMessage(1000, LogLevel.Information, "Sink {Sink} of source {Source} is online: its state covers version {Version}, {Behind} events follow")]
    public static partial void SinkOnline(this ILogger logger, string source, string sink, long version, long behind);

    [LoggerMessage(1001, LogLevel.Information, "Sink {Sink} of source {Source} is offline at version {Version}")]
    public static partial void SinkOffline(this ILogger logger, string source, string sink, long version);

    [LoggerMessage(1002, LogLevel.Error, "Sink {Sink} of source {Source} has stopped at version {Version}; other sinks go on")]
    public static partial void SinkFailed(this ILogger logger, Exception error, string source, string sink, long version);

    [LoggerMessage(1003, LogLevel.Debug, "Export {Number} of sink {Sink} of source {Source} is durable; it covers version {Version}")]
    public static partial void Exported(this ILogger logger, string source, string sink, long number, long version);

    [LoggerMessage(1004, LogLevel.Error, "An export of sink {Sink} of source {Source} has failed; the last good one, of version {Exported}, stays valid")]
    public static partial void ExportFailed(this ILogger logger, Exception error, string source, string sink, long exported);

    [LoggerMessage(1005, LogLevel.Warning, "Export {Number} of sink {Sink} of source {Source} cannot be imported; the one before it is tried")]
    public static partial void ExportUnreadable(this ILogger logger, Exception error, string source, string sink, long number);

    [LoggerMessage(1006, LogLevel.Information, "Export {Number} of sink {Sink} of source {Source} is of incarnation {Incarnation}, which was deleted; it is not imported")]
    public static partial void ExportOfOldIncarnation(this ILogger logger, string source, string sink, long number, int incarnation);

    [LoggerMessage(1007, LogLevel.Warning, "Sink {Sink} of source {Source} has nothing to import and begins at version {First}; the events before it were truncated")]
    public static partial void BeginsAfterTruncation(this ILogger logger, string source, string sink, long first);

    [LoggerMessage(1008, LogLevel.Warning, "Sink {Sink} of the volatile source {Source} has missed events {First} to {Last}: it was slower than the source could hold them")]
    public static partial void EventsMissed(this ILogger logger, string source, string sink, long first, long last);

    [LoggerMessage(1009, LogLevel.Warning, "Sink {Sink} of source {Source} cannot read the journal and tries again in {Delay}")]
    public static partial void JournalUnavailable(this ILogger logger, Exception error, string source, string sink, TimeSpan delay);

    [LoggerMessage(1010, LogLevel.Warning, "The state of source {Source} could not be stored; it is stored with the next change")]
    public static partial void LedgerNotStored(this ILogger logger, Exception error, string source);

    [LoggerMessage(1011, LogLevel.Warning, "Source {Source} could not truncate the events that every sink has exported")]
    public static partial void NotTruncated(this ILogger logger, Exception error, string source);
}
