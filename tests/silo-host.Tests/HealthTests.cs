using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Orleans.Persist.Embedded;
using Orleans.Persist.Journal;
using Orleans.Persist.SiloHost.Hosting;
using Orleans.Persist.SiloHost.Sinks;

namespace Orleans.Persist.SiloHost.Tests;

/// <summary>What whoever watches over the process is told.</summary>
[Trait("Requirement", "o.9")]
public sealed class HealthTests : HostTestBase
{
    private const string Key = "0123456789abcdef";

    [Theory]
    [MemberData(nameof(Engines.All), MemberType = typeof(Engines))]
    public async Task A_host_configured_by_its_environment_is_degraded_by_a_sink_that_cannot_start_and_tells_why_to_who_has_a_key(string engine, string described)
    {
        var data = Path.Combine(Folder, "data");
        await using (var session = await EngineSession.StartAsync(
            new EngineSettings(data) { Engine = HostEngine.Local }, persist => persist.AddEventSource("s").AddSink("s", new EventsPerTypeSink())))
            await (await session.Engine.GetSourceAsync("s")).PublishAsync(Events(10));
        await using (var storage = await EmbeddedStorage.OpenAsync(data))
        {
            await storage.Journal.AppendAsync("s", ExpectedVersion.Any, Events(10));
            await storage.Journal.TruncateAsync("s", 15); // the sink has exported what it had, the first 10
        }

        var environment = new Dictionary<string, string> { ["Sources__s__Sinks__0"] = "events-per-type", ["Web__ApiKeys__0"] = Key };
        using var host = HostProcess.Start(Folder, environment, "run", "--engine", engine, "--urls", "http://127.0.0.1:0");
        var line = await host.Output.ReadLineAsync().WaitAsync(HostProcess.Timeout);
        Assert.StartsWith(described, line);
        using var client = new HttpClient { BaseAddress = new Uri(Regex.Match(line!, @"http://127\.0\.0\.1:\d+").Value), Timeout = HostProcess.Timeout };

        Assert.Equal((HttpStatusCode.OK, "Healthy"), await GetAsync("/health/live"));
        Assert.Equal((HttpStatusCode.OK, "Degraded"), await GetAsync("/health/ready"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync("/health")).Status);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        var (status, text) = await GetAsync("/health");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.StartsWith("Degraded\n", text);
        Assert.Contains("events-per-type", text);

        host.Terminate();
        var (exitCode, _, errors) = await host.EndAsync();
        Assert.True(exitCode == 1, errors); // the sink has not exported
        Assert.Contains("events-per-type", errors);

        static EventData[] Events(int count) => [.. Enumerable.Range(0, count).Select(_ => new EventData { Type = "t" })];

        async Task<(HttpStatusCode Status, string Text)> GetAsync(string path)
        {
            using var response = await client.GetAsync(path);
            return (response.StatusCode, await response.Content.ReadAsStringAsync());
        }
    }

    [Theory]
    [MemberData(nameof(Engines.All), MemberType = typeof(Engines))]
    public async Task An_engine_is_unhealthy_before_it_has_started_and_after_it_has_stopped(string engine, string described)
    {
        Assert.NotEmpty(described);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddLogging();
        EngineChoice.Add(builder, new EngineSettings(Path.Combine(Folder, "data")) { Engine = Enum.Parse<HostEngine>(engine, ignoreCase: true) });
        using var host = builder.Build();
        var health = host.Services.GetRequiredService<HealthCheckService>();

        Assert.Equal(HealthStatus.Unhealthy, (await health.CheckHealthAsync()).Status);
        await host.StartAsync();
        Assert.Equal(HealthStatus.Healthy, (await health.CheckHealthAsync()).Status);
        await host.StopAsync();
        Assert.Equal(HealthStatus.Unhealthy, (await health.CheckHealthAsync()).Status);
    }
}
