namespace Orleans.Persist.Sources;

/// <summary>What happened to a sink. The names are the types of the events in the source's ledger.</summary>
internal enum SinkChangeKind
{
    /// <summary>It has imported, and runs from now on: changes by whatever ran it before no longer count.</summary>
    SinkImported = 1,

    /// <summary>It gets every event after a version.</summary>
    SinkRegistered,

    /// <summary>An export is about to be stored.</summary>
    ExportStarted,

    /// <summary>An export is durable.</summary>
    ExportSucceeded,

    /// <summary>An export has failed.</summary>
    ExportFailed,

    /// <summary>It runs no longer.</summary>
    SinkStopped,

    /// <summary>It could not be started.</summary>
    SinkNotStarted,

    /// <summary>The source is to know it no longer.</summary>
    SinkForgotten,
}
