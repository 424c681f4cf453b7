namespace Orleans.Persist.Sources;

/// <summary>What the silos ask of a source: to be up, to note what happens to its sinks, and, where it is volatile, for its events.</summary>
[Alias("Orleans.Persist.ISourceControl")]
internal interface ISourceControl : IEventReader, IGrainWithStringKey
{
    /// <summary>Has the source be active: it runs its timer and looks after the sinks it knows.</summary>
    [Alias("Start")]
    Task Start();

    /// <summary>How often a volatile source has been started.</summary>
    [Alias("GetRun")]
    Task<int> GetRun();

    /// <summary>Notes what has happened to a sink; told again, it takes effect once.</summary>
    /// <returns>What is known of the sink then.</returns>
    [Alias("Change")]
    Task<SinkRecord> Change(SinkChange change);
}
