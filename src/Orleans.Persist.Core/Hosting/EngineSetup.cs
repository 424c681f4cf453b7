namespace Orleans.Persist.Hosting;

/// <summary>Something to do to an engine before it is started: a source or a sink to add.</summary>
internal sealed record EngineSetup(Action<IServiceProvider, PersistEngine> Apply);
