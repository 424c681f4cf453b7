using Microsoft.Extensions.Logging;

namespace Orleans.Persist.Diagnostics;

/// <summary>The log messages of the scoped store. Event ids 1800 to 1849.</summary>
internal static partial class ScopedStoreLog
{
    [LoggerMessage(1800, LogLevel.Information, "The scoped store is open: {Keys} keys, {Bytes} bytes")]
    public static partial void ScopedStoreOpen(this ILogger logger, long keys, long bytes);

    [LoggerMessage(1801, LogLevel.Error, "{Operations} operations of the scoped store could not be written to {Stream}; their callers are told")]
    public static partial void ScopedRecordsNotWritten(this ILogger logger, Exception error, string stream, int operations);

    [LoggerMessage(1802, LogLevel.Warning, "The log of the scoped store in {Stream} could not be compacted; it is tried again")]
    public static partial void ScopedLogNotCompacted(this ILogger logger, Exception error, string stream);
}
