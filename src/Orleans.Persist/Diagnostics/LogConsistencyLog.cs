using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Orleans.Persist.Diagnostics;

/// <summary>The log messages of the log-consistency provider. Event ids 1920 to 1949.</summary>
internal static partial class LogConsistencyLog
{
    [LoggerMessage(1920, LogLevel.Error, "{GrainId} protocol error: {Problem}")]
    public static partial void ProtocolError(this ILogger logger, GrainId grainId, string problem);

    [LoggerMessage(1921, LogLevel.Error, "{GrainId} exception caught at {Where}")]
    public static partial void CaughtException(this ILogger logger, Exception error, GrainId grainId, string where);

    [LoggerMessage(1922, LogLevel.Warning, "{GrainId} exception caught in user code for {Callback}, called from {Where}")]
    public static partial void CaughtUserCodeException(this ILogger logger, Exception error, GrainId grainId, string callback, string where);

    [LoggerMessage(1923, LogLevel.Warning, "The log of {Stream} cannot be used, attempt {Attempt}; next in {Delay}")]
    public static partial void StorageFailed(this ILogger logger, Exception error, string stream, int attempt, TimeSpan delay);

    [LoggerMessage(1924, LogLevel.Error, "{Events} raised events of {Stream} could not be stored and are withdrawn")]
    public static partial void EventsWithdrawn(this ILogger logger, Exception error, int events, string stream);

    [LoggerMessage(1925, LogLevel.Error, "{Events} unconfirmed events of {Stream} could not be stored before its deactivation ended, and are lost")]
    public static partial void EventsLost(this ILogger logger, int events, string stream);

    [LoggerMessage(1926, LogLevel.Error, "The grain of {Stream} is deactivated, as its log cannot be used")]
    public static partial void LogUnusable(this ILogger logger, Exception error, string stream);

    [LoggerMessage(1927, LogLevel.Information, "Another activation has written the log of {Stream}; this one goes on after version {Version}")]
    public static partial void Rebased(this ILogger logger, string stream, long version);

    [LoggerMessage(1928, LogLevel.Warning, "Orleans cannot serialize the state {State}: no snapshots are taken of grains with it, and recoveries read their whole log")]
    public static partial void NoSnapshots(this ILogger logger, Type state);

    [LoggerMessage(1929, LogLevel.Error, "The last snapshot of {Stream} was not taken")]
    public static partial void LastSnapshotFailed(this ILogger logger, Exception error, string stream);

    [LoggerMessage(1930, LogLevel.Error, "The grain class {Grain} names the log-consistency provider '{Provider}', which this silo does not have: its activations will fail. Add the provider, or leave the class out of the silo")]
    public static partial void ProviderUnknown(this ILogger logger, Type grain, string provider);
}
