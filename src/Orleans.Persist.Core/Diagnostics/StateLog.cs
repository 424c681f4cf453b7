using Microsoft.Extensions.Logging;

namespace Orleans.Persist.Diagnostics;

/// <summary>The log messages of projections. Event ids 1500 to 1599.</summary>
internal static partial class StateLog
{
    [LoggerMessage(1500, LogLevel.Warning, "The snapshot of projection {Projection} of source {Source} at version {Version} could not be stored; the next rebuild takes longer")]
    public static partial void StateSnapshotNotStored(this ILogger logger, Exception error, string source, string projection, long version);
}
