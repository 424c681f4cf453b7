using Orleans.Persist.Sources;

namespace Orleans.Persist.SiloHost.Commands;

/// <summary>A source that must be there already.</summary>
internal static class KnownSource
{
    private const int MaxShown = 20;

    /// <summary>The source, if it has ever had events.</summary>
    /// <exception cref="CommandException">It has not; the message names those that are there.</exception>
    public static async Task<IEventSource> GetAsync(IPersistEngine engine, string name, string data, CancellationToken cancellationToken)
    {
        var source = await engine.GetSourceAsync(name, cancellationToken);
        if ((await source.GetHeadAsync(cancellationToken)).Exists)
            return source;
        var names = new List<string>();
        await foreach (var known in engine.ListSourcesAsync(cancellationToken))
        {
            names.Add(names.Count < MaxShown ? $"'{known}'" : "…");
            if (names.Count > MaxShown)
                break;
        }

        throw new CommandException($"there is no source '{name}' in '{data}'. {(names.Count > 0 ? $"There are: {string.Join(", ", names)}." : "It holds none yet: fill one with 'silo-host ingest'.")}");
    }
}
