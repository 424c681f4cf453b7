namespace Orleans.Persist.SiloHost.Ingest;

/// <summary>Reads the events of one input, in its order, in bounded memory.</summary>
internal interface IEventReader
{
    /// <summary>The input's name, for messages.</summary>
    string Name { get; }

    /// <summary>Reads to the end. Can be called once.</summary>
    /// <exception cref="InputException">The input breaks its format; the events before that have been given.</exception>
    IAsyncEnumerable<InputEvent> ReadAsync(CancellationToken cancellationToken = default);
}
