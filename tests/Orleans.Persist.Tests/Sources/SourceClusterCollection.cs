namespace Orleans.Persist.Tests.Sources;

[CollectionDefinition(Name)]
public sealed class SourceClusterCollection : ICollectionFixture<SourceCluster>
{
    public const string Name = "sources on a cluster";
}
