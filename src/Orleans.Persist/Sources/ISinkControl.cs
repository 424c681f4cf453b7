using Orleans.Concurrency;

namespace Orleans.Persist.Sources;

/// <summary>What a source asks of its sinks. That a sink is called at all has it active, and so imported and registered.</summary>
[Alias("Orleans.Persist.ISinkControl")]
internal interface ISinkControl : IGrain
{
    /// <summary>How far the sink has come.</summary>
    [Alias("GetProgress"), AlwaysInterleave]
    Task<SinkProgress> GetProgress();

    /// <summary>Has the sink export, between two events; completes when the export has ended, well or not.</summary>
    [Alias("ExportNow"), AlwaysInterleave, ResponseTimeout("00:10:00")]
    Task ExportNow(CancellationToken cancellationToken);

    /// <summary>Has the sink end without an export.</summary>
    [Alias("Abandon"), AlwaysInterleave]
    Task Abandon();

    /// <summary>A turn of the sink's grain, in which it applies events. Sent by the activation to itself.</summary>
    [Alias("TakeTurn"), OneWay]
    Task TakeTurn();
}
