namespace Orleans.Persist.Hosting;

/// <summary>How the in-process engine gets its storage and ends.</summary>
public sealed class PersistEngineOptions
{
    /// <summary>Opens the storage when the engine starts. Required.</summary>
    public Func<CancellationToken, ValueTask<IStorage>>? OpenStorage { get; set; }

    /// <summary>Whether the engine closes the storage when it is disposed of. Default true.</summary>
    public bool OwnsStorage { get; set; } = true;

    /// <summary>The longest that stopping waits for the sinks' exports. Default 30 seconds, above 0.</summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How processes are run.</summary>
    public Processes.ProcessHostOptions Processes { get; set; } = new();
}
