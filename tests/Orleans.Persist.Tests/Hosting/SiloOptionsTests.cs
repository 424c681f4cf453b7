using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Hosting;
using Orleans.Persist.Hosting;
using Orleans.Persist.Sources;
using Orleans.Runtime;

namespace Orleans.Persist.Tests.Hosting;

/// <summary>What a silo checks before it starts, and what it takes from its configuration.</summary>
public sealed class SiloOptionsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [Trait("Requirement", "o.7")]
    [InlineData("Orleans:Persist:Sources:gateway:ExportEvery", "-1", "EventSourceOptions.ExportEvery of source 'gateway'")]
    [InlineData("Orleans:Persist:Sources:gateway:ExportTimeout", "00:00:00", "EventSourceOptions.ExportTimeout of source 'gateway'")]
    [InlineData("Orleans:Persist:Cluster:SinkCheckInterval", "00:00:00", "PersistClusterOptions.SinkCheckInterval")]
    [InlineData("Orleans:Persist:Cluster:PublishTimeout", "-00:00:01", "PersistClusterOptions.PublishTimeout")]
    public async Task Silo_does_not_start_with_an_option_out_of_bounds_and_names_it(string key, string value, string named)
    {
        var error = await Assert.ThrowsAsync<OrleansConfigurationException>(() => StartAsync(persist => persist.UseMemory(), (key, value)));

        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Requirement", "o.7")]
    [InlineData("Orleans:Persist:Cluster:PublishTimeout", "00:00:00", "PersistClusterOptions.PublishTimeout")]
    [InlineData("Orleans:Persist:Cluster:ScopeCheckInterval", "soon", "Orleans:Persist:Cluster:ScopeCheckInterval")]
    public async Task Client_does_not_start_with_an_option_out_of_bounds_and_names_it(string key, string value, string named)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection([new(key, value)]);
        builder.UseOrleansClient(client => client.UseLocalhostClustering(FreePort.Next()).AddPersist());
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<OrleansConfigurationException>(() => host.StartAsync().WaitAsync(Patience));

        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "o.7")]
    public async Task Silo_does_not_start_with_an_object_store_that_contradicts_itself()
    {
        var error = await Assert.ThrowsAsync<OrleansConfigurationException>(() => StartAsync(persist => persist
            .UseMemory()
            .AddObjectStore<int>("readings", options => options.Retention = TimeSpan.FromDays(1))));

        Assert.Contains("Retention of object store 'readings' needs a Timestamp", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "o.7")]
    public async Task Silo_does_not_start_without_a_storage()
    {
        var error = await Assert.ThrowsAsync<OrleansConfigurationException>(() => StartAsync(_ => { }));

        Assert.Contains("No storage is configured", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "o.7")]
    public void Sources_are_bound_from_the_silos_configuration()
    {
        using var host = Build(
            persist => persist.UseMemory().AddEventSource("in-code", options => options.ExportEvery = 3),
            ("Orleans:Persist:Sources:gateway:ExportEvery", "7"),
            ("Orleans:Persist:Sources:in-code:ExportTimeout", "00:00:09"));
        var sources = host.Services.GetRequiredService<IOptionsMonitor<EventSourceOptions>>();

        Assert.Equal(7, sources.Get("gateway").ExportEvery);
        Assert.Equal((3, TimeSpan.FromSeconds(9)), (sources.Get("in-code").ExportEvery, sources.Get("in-code").ExportTimeout));
        Assert.Equal(1_000, sources.Get("other").ExportEvery);
    }

    [Fact]
    [Trait("Requirement", "o.9")]
    public async Task Health_is_told_while_the_silo_runs_and_names_a_sink_that_cannot_be_started()
    {
        using var host = Build(persist => persist
            .UseMemory()
            .AddSink("gateway", new RefusingSink()));
        var health = host.Services.GetRequiredService<IEngineHealth>();
        var checks = host.Services.GetRequiredService<HealthCheckService>();
        Assert.False(health.IsReady);
        Assert.Equal(HealthStatus.Unhealthy, (await checks.CheckHealthAsync()).Status);

        await host.StartAsync().WaitAsync(Patience);
        Assert.True(health.IsReady);
        Assert.Contains("'refusing'", Assert.Single(health.Problems), StringComparison.Ordinal);
        var report = (await checks.CheckHealthAsync()).Entries["persist"];
        Assert.Equal((HealthStatus.Degraded, Assert.Single(health.Problems)), (report.Status, report.Description));
        await host.StopAsync().WaitAsync(Patience);

        Assert.False(health.IsReady);
    }

    private static async Task StartAsync(Action<PersistBuilder> configure, params (string Key, string Value)[] settings)
    {
        using var host = Build(configure, settings);
        await host.StartAsync().WaitAsync(Patience);
        await host.StopAsync().WaitAsync(Patience);
    }

    private static IHost Build(Action<PersistBuilder> configure, params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value)));
        builder.Services.AddHealthChecks().AddPersist();
        builder.UseOrleans(silo => silo.UseLocalhostClustering(FreePort.Next(), FreePort.Next()).AddPersist(configure));
        return builder.Build();
    }
}
