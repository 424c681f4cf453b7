using Microsoft.Extensions.Options;
using Orleans.Persist.Journal;
using Orleans.Persist.Sources;

namespace Orleans.Persist.Hosting;

/// <summary>The engine of a cluster, from one of its silos or from a client.</summary>
/// <param name="grains">The cluster's grains.</param>
/// <param name="options">How long calls are repeated.</param>
/// <param name="time">The clock.</param>
/// <param name="silo">What the silo has, where this is one: it reads the journal itself.</param>
internal sealed class ClusterEngine(IGrainFactory grains, IOptions<PersistClusterOptions> options, TimeProvider time, SiloSources? silo) : IPersistEngine
{
    /// <inheritdoc/>
    public ValueTask<IEventSource> GetSourceAsync(string name, CancellationToken cancellationToken = default)
    {
        SystemNames.ValidateUserName(name, "source");
        IJournal journal = silo?.JournalOf(name) ?? new GrainJournal(name, grains.GetGrain<IEventReaderGrain>(name), time);
        return new(new ClusterSource(name, grains.GetGrain<IEventSourceGrain>(name), journal, options.Value, time));
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<string> ListSourcesAsync(CancellationToken cancellationToken = default) =>
        silo?.ListAsync(cancellationToken) ?? grains.GetGrain<ISourceListGrain>(Guid.NewGuid()).List(cancellationToken);
}
