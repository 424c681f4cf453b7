namespace Orleans.Persist.Tests.LogConsistency;

/// <summary>The tests that share the clusters.</summary>
[CollectionDefinition(Name)]
public sealed class LogCollection : ICollectionFixture<LogClusters>
{
    public const string Name = "log consistency";
}
