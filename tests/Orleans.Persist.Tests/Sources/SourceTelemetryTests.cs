using Orleans.Persist.Tests.Support;
using static Orleans.Persist.Tests.Sources.SourceCluster;

namespace Orleans.Persist.Tests.Sources;

/// <summary>What meters and traces tell of sources and sinks, on a cluster.</summary>
[Collection(SourceClusterCollection.Name)]
public sealed class SourceTelemetryTests(SourceCluster cluster)
{
    private const string Source = "messaging.destination.name";

    [Fact]
    [Trait("Requirement", "o.7")]
    public async Task What_is_published_and_exported_on_a_cluster_is_measured_once_and_traced()
    {
        using var telemetry = new Telemetry();
        var source = await cluster.SourceAsync();
        var sink = cluster.Sink(source);
        await source.PublishAsync(Events(10));
        await AtAsync(sink, 10);
        await source.ExportAsync().AsTask().WaitAsync(Patience);

        Assert.Equal(10, telemetry.Measured("messaging.client.sent.messages", Source, source.Name).Sum());
        Assert.Single(telemetry.Measured("messaging.client.operation.duration", Source, source.Name));
        Assert.Equal(1, telemetry.Measured("orleans.persist.sink.exports", Source, source.Name).Sum());
        Assert.Equal([$"publish {source.Name}", $"export {source.Name}"], telemetry.Traced(Source, source.Name));
    }
}
