namespace Orleans.Persist.Sources;

/// <summary>What a program sees of the engine, in process or on a cluster.</summary>
public interface IPersistEngine
{
    /// <summary>The source of this name; it need not have been configured. Its sinks, if any are registered, are started by the host.</summary>
    /// <exception cref="ArgumentException">The name breaks the rule of <see cref="Journal.StreamName"/> or begins with the reserved <c>$</c>.</exception>
    ValueTask<IEventSource> GetSourceAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>The names of the sources that have events.</summary>
    IAsyncEnumerable<string> ListSourcesAsync(CancellationToken cancellationToken = default);
}
