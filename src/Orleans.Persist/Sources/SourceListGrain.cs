using Orleans.Persist.Hosting;

namespace Orleans.Persist.Sources;

/// <inheritdoc/>
[GrainType("persist-source-list")]
internal sealed class SourceListGrain(SiloSources sources) : Grain, ISourceListGrain
{
    /// <inheritdoc/>
    public IAsyncEnumerable<string> List(CancellationToken cancellationToken) => sources.ListAsync(cancellationToken);
}
