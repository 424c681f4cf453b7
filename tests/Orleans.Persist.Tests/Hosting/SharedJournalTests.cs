using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using Orleans.Persist.Memory;
using Orleans.Runtime;
using Orleans.Runtime.Placement;
using Orleans.TestingHost;

namespace Orleans.Persist.Tests.Hosting;

/// <summary>Two silos on one journal.</summary>
public sealed class SharedJournalTests : IAsyncLifetime
{
    private const string StorageKey = "SharedStorage";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly ConcurrentDictionary<string, MemoryStorage> Storages = new();

    private readonly string _key = Guid.NewGuid().ToString("N");
    private TestCluster? _cluster;

    public async Task InitializeAsync()
    {
        Storages[_key] = new MemoryStorage();
        var builder = new TestClusterBuilder(2);
        builder.ConfigureHostConfiguration(host => host.AddInMemoryCollection([new(StorageKey, _key)]));
        builder.AddSiloBuilderConfigurator<Configurator>();
        _cluster = builder.Build();
        await _cluster.DeployAsync().WaitAsync(Patience);
    }

    public async Task DisposeAsync()
    {
        if (_cluster is not null)
            await _cluster.DisposeAsync().AsTask().WaitAsync(Patience);
        Storages.TryRemove(_key, out _);
    }

    [Fact]
    public async Task What_a_grain_appends_on_one_silo_a_grain_on_the_other_reads()
    {
        var writer = await GrainOn(_cluster!.Silos[0], "writer");
        var reader = await GrainOn(_cluster.Silos[1], "reader");
        Assert.NotEqual(await writer.Grain.SiloName(), await reader.Grain.SiloName());

        Assert.Equal(1, await writer.Grain.Add("first").WaitAsync(Patience));
        Assert.Equal(2, await writer.Grain.Add("second").WaitAsync(Patience));

        Assert.Equal(["first", "second"], await reader.Grain.Read(writer.Key).WaitAsync(Patience));
    }

    /// <summary>A grain on a silo of our choice, by the hint that Orleans' random placement obeys.</summary>
    private async Task<(INotesGrain Grain, string Key)> GrainOn(SiloHandle silo, string key)
    {
        RequestContext.Set(IPlacementDirector.PlacementHintKey, silo.SiloAddress);
        try
        {
            var grain = _cluster!.GrainFactory.GetGrain<INotesGrain>(key);
            Assert.Equal(silo.Name, await grain.SiloName().WaitAsync(Patience));
            return (grain, key);
        }
        finally
        {
            RequestContext.Remove(IPlacementDirector.PlacementHintKey);
        }
    }

    private sealed class Configurator : ISiloConfigurator
    {
        public void Configure(ISiloBuilder siloBuilder) =>
            siloBuilder.AddPersist(persist => persist.UseStorage((services, _) =>
                new(Storages[services.GetRequiredService<IConfiguration>()[StorageKey]!])));
    }
}
