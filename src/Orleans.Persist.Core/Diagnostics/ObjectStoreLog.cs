using Microsoft.Extensions.Logging;

namespace Orleans.Persist.Diagnostics;

/// <summary>The log messages of object stores. Event ids 1100 to 1199.</summary>
internal static partial class ObjectStoreLog
{
    [LoggerMessage(1100, LogLevel.Warning, "Snapshot {Number} of object store {Store} cannot be read; the one before it is tried")]
    public static partial void SnapshotUnreadable(this ILogger logger, Exception error, string store, long number);

    [LoggerMessage(1101, LogLevel.Information, "Object store {Store} removed what an interrupted purge or deletion had left: {Stream}")]
    public static partial void OrphanRemoved(this ILogger logger, string store, string stream);

    [LoggerMessage(1102, LogLevel.Warning, "Object store {Store} could not remove {Stream}; it is removed when the store is opened again")]
    public static partial void OrphanNotRemoved(this ILogger logger, Exception error, string store, string stream);

    [LoggerMessage(1103, LogLevel.Information, "Object store {Store} purged {Purged} objects and kept {Kept}")]
    public static partial void Purged(this ILogger logger, string store, long purged, long kept);
}
