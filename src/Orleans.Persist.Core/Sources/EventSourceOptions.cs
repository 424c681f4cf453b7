namespace Orleans.Persist.Sources;

/// <summary>How an event source triggers exports and what it keeps.</summary>
public sealed class EventSourceOptions
{
    /// <summary>Every so many events, each sink is asked to export (requirement g.0.0.a). 0 switches it off. Default 1,000.</summary>
    public long ExportEvery { get; set; } = 1_000;

    /// <summary>Every so often, each sink that has applied events since its last export is asked to export (requirement g.0.0.b). <see cref="TimeSpan.Zero"/> switches it off. Default 5 minutes.</summary>
    public TimeSpan ExportInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>After this time an export counts as failed (requirement g.0.3). Default 1 minute.</summary>
    public TimeSpan ExportTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>When above 0, the source is volatile: it has no journal and holds only its last so many events, in memory (requirement g.3.1). Default 0.</summary>
    public int VolatileCapacity { get; set; }

    /// <summary>Whether events below the oldest export that any sink could fall back on may be truncated away. Default false: the history is kept.</summary>
    public bool TruncateExported { get; set; }
}
