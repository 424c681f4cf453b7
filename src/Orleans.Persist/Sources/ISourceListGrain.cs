namespace Orleans.Persist.Sources;

/// <summary>Lists the sources for a client; any key.</summary>
[Alias("Orleans.Persist.ISourceListGrain")]
internal interface ISourceListGrain : IGrainWithGuidKey
{
    /// <summary>The names of the sources that have events.</summary>
    [Alias("List")]
    IAsyncEnumerable<string> List(CancellationToken cancellationToken);
}
