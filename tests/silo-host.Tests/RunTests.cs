using System.Text.Json;
using System.Text.RegularExpressions;

namespace Orleans.Persist.SiloHost.Tests;

public class RunTests : HostTestBase
{
    private static readonly string[] Run =
    [
        "run", "--urls", "http://127.0.0.1:0",
        "--set", "Sources:s:Sinks:0=events-per-type", "--set", "Sources:s:Sinks:1=last-activity", "--set", "Sources:s:Sinks:2=events-per-day",
    ];

    [Fact]
    [Trait("Requirement", "g.2.1")]
    [Trait("Requirement", "g.0.2")]
    public async Task It_says_which_engine_runs_answers_for_its_health_and_exports_every_sink_when_terminated()
    {
        Write("f.ndjson", string.Join('\n', Enumerable.Range(1, 100).Select(i => CloudEvent(i))));
        await DoneAsync("ingest", "f.ndjson", "--source", "s");
        using var host = HostProcess.Start(Folder, Run);

        var line = await host.Output.ReadLineAsync().WaitAsync(HostProcess.Timeout);
        Assert.StartsWith("engine: in-process (built with", line);
        var url = Regex.Match(line!, @"http://127\.0\.0\.1:\d+").Value;
        using var client = new HttpClient { Timeout = HostProcess.Timeout };
        Assert.Equal("Healthy", await client.GetStringAsync(url + "/health/live"));
        Assert.Equal("Healthy", await client.GetStringAsync(url + "/health/ready"));
        var (busy, _, error) = await RunAsync("query", "--source", "s");
        Assert.Equal(1, busy);
        Assert.Contains("held by another process", error);
        host.Terminate();
        var (exitCode, _, errors) = await host.EndAsync();

        Assert.True(exitCode == 0, errors);
        var sinks = JsonDocument.Parse(await DoneAsync("sinks", "--source", "s", "--json")).RootElement.GetProperty("sinks").EnumerateArray().ToList();
        Assert.Equal(["events-per-day", "events-per-type", "last-activity"], sinks.Select(sink => sink.GetProperty("name").GetString()));
        Assert.All(sinks, sink => Assert.True(sink.GetProperty("exports").GetInt64() >= 1));
        Assert.All(sinks, sink => Assert.Equal((0L, 100L), (sink.GetProperty("behind").GetInt64() + sink.GetProperty("failed").GetInt64(), sink.GetProperty("exported").GetInt64())));
        Assert.Contains("last-activity", await DoneAsync("sinks", "--source", "s"));
    }

    [Fact]
    public async Task Without_a_verb_it_runs_with_the_settings_of_the_current_directory()
    {
        Write("appsettings.json", """{ "Sources": { "gateway": { "Sinks": ["events-per-day"], "ExportEvery": 10, "ExportInterval": "00:00:30" } } }""");
        using var host = HostProcess.Start(Folder, "--urls", "http://127.0.0.1:0");

        var line = await host.Output.ReadLineAsync().WaitAsync(HostProcess.Timeout);

        Assert.Contains("sources: gateway", line);
        host.Terminate();
        Assert.Equal(0, (await host.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task An_address_in_use_is_one_line_and_exit_code_1()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;

        var (exitCode, output, errors) = await RunAsync("run", "--urls", $"http://127.0.0.1:{port}");

        Assert.Equal((1, ""), (exitCode, output));
        Assert.Contains($"{port}", errors);
        Assert.DoesNotContain("   at ", errors);
    }
}
