using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Persist.Core.Tests.Support;
using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;
using Orleans.Persist.Sources;
using Orleans.Persist.TestKit;

namespace Orleans.Persist.Core.Tests.Hosting;

public sealed class DependencyInjectionTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly TestStorage _storage;

    public DependencyInjectionTests() => _storage = new TestStorage(_time);

    [Fact]
    [Trait("Requirement", "g.2.0")]
    [Trait("Requirement", "g.2.1")]
    public async Task A_host_starts_sinks_and_on_a_graceful_stop_every_one_exports()
    {
        await using (var services = Build())
        {
            await StartAsync(services);
            var source = await services.GetRequiredService<IPersistEngine>().GetSourceAsync("gateway");
            await source.PublishAsync(Enumerable.Range(1, 7).Select(TestEngine.Event).ToArray());
            await services.GetRequiredService<LogSink>().ReachedAsync(7);
            await StopAsync(services);
        }

        await using var again = Build();
        await StartAsync(again);
        var sink = again.GetRequiredService<LogSink>();
        Assert.Equal((7, 7, 0), (sink.Imported, sink.ImportedCount, sink.Given));
        var status = Assert.Single(await again.GetRequiredService<PersistEngine>().GetSource("gateway").GetSinksAsync());
        Assert.Equal((1, _time.GetUtcNow()), (status.Exports, status.LastExport));
        await StopAsync(again);

        ServiceProvider Build() => new ServiceCollection()
            .AddSingleton<TimeProvider>(_time)
            .AddSingleton(new LogSink("a"))
            .AddPersist(persist => persist
                .UseMemory()
                .UseStorage((_, _) => new(_storage))
                .AddEventSource("gateway", o => o.ExportEvery = 0)
                .AddSink<LogSink, LogState>("gateway"))
            .BuildServiceProvider();
    }

    [Fact]
    public async Task Health_checks_are_told_whether_the_engine_is_ready()
    {
        await using var services = new ServiceCollection()
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .AddHealthChecks().AddPersist().AddPersist("engine", HealthStatus.Degraded, ["ready"]).Services
            .AddPersist(persist => persist.UseMemory())
            .BuildServiceProvider();
        var health = services.GetRequiredService<HealthCheckService>();

        var before = await health.CheckHealthAsync();
        await StartAsync(services);
        var running = await health.CheckHealthAsync(check => check.Tags.Contains("ready"));
        await StopAsync(services);

        Assert.Equal((HealthStatus.Unhealthy, HealthStatus.Degraded), (before.Entries["persist"].Status, before.Entries["engine"].Status));
        Assert.Equal("The engine has not started.", before.Entries["persist"].Description);
        Assert.Equal(HealthStatus.Healthy, Assert.Single(running.Entries, entry => entry.Key == "engine").Value.Status);
        Assert.Equal(HealthStatus.Unhealthy, (await health.CheckHealthAsync()).Status);
    }

    [Fact]
    [Trait("Requirement", "g.3.0")]
    public async Task What_is_published_while_the_host_stops_after_the_sinks_have_exported_is_replayed_at_its_next_start()
    {
        await using (var services = Build())
        {
            await StartAsync(services);
            var source = await services.GetRequiredService<IPersistEngine>().GetSourceAsync("gateway");
            await source.PublishAsync(Enumerable.Range(1, 3).Select(TestEngine.Event).ToArray());
            await services.GetRequiredService<LogSink>().ReachedAsync(3);
            await StopAsync(services); // services that were added before stop later, a silo for one
            await source.PublishAsync(Enumerable.Range(4, 2).Select(TestEngine.Event).ToArray());
        }

        await using var again = Build();
        await StartAsync(again);
        var sink = again.GetRequiredService<LogSink>();
        await sink.ReachedAsync(5);
        Assert.Equal((3, 2), (sink.Imported, sink.Given));
        Assert.Equal(TestEngine.Numbers(1, 5), sink.State.Applied);
        await StopAsync(again);

        ServiceProvider Build() => new ServiceCollection()
            .AddSingleton<TimeProvider>(_time)
            .AddSingleton(new LogSink("a"))
            .AddPersist(persist => persist
                .UseStorage((_, _) => new(_storage))
                .AddEventSource("gateway", o => o.ExportEvery = 0)
                .AddSink<LogSink, LogState>("gateway"))
            .BuildServiceProvider();
    }

    [Fact]
    public async Task Wrong_options_are_refused_when_the_host_starts()
    {
        await using var services = new ServiceCollection()
            .AddPersist(persist => persist.UseMemory().AddEventSource("gateway", o => o.ExportTimeout = TimeSpan.Zero))
            .BuildServiceProvider();

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(services));

        Assert.Contains("EventSourceOptions.ExportTimeout of source 'gateway'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_without_storage_says_so_when_it_starts()
    {
        await using var services = new ServiceCollection().AddPersist(persist => persist.AddEventSource("gateway")).BuildServiceProvider();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(services));

        Assert.Contains("UseMemory", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_can_be_configured_by_the_sources_name()
    {
        await using var services = new ServiceCollection()
            .AddPersist(persist => persist.UseMemory().AddEventSource("gateway"))
            .Configure<EventSourceOptions>("gateway", o => o.VolatileCapacity = 2)
            .BuildServiceProvider();
        await StartAsync(services);
        var source = services.GetRequiredService<PersistEngine>().GetSource("gateway");
        await source.PublishAsync(Enumerable.Range(1, 5).Select(TestEngine.Event).ToArray());

        Assert.True(source.IsVolatile);
        Assert.Equal(2, await source.ReadAsync(ReadRequest.All).CountAsync());
        await StopAsync(services);
    }

    private static async Task StartAsync(IServiceProvider services)
    {
        foreach (var service in services.GetServices<IHostedService>())
            await service.StartAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
    }

    private static async Task StopAsync(IServiceProvider services)
    {
        foreach (var service in services.GetServices<IHostedService>())
            await service.StopAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
    }
}
