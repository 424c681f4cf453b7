using Microsoft.Extensions.Logging;

namespace Orleans.Persist.Diagnostics;

/// <summary>The log messages of projections. Event ids 1600 to 1699.</summary>
internal static partial class StateLog
{
    [LoggerMessage(1600, LogLevel.Warning, "The snapshot of projection {Projection} of source {Source} at version {Version} could not be stored; the next rebuild takes longer")]
    public static partial void StateSnapshotNotStored(this ILogger logger, Exception error, string source, string projection, long version);
}
