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

    [Theory]
    [MemberData(nameof(Engines.All), MemberType = typeof(Engines))]
    [Trait("Requirement", "g.2.1")]
    [Trait("Requirement", "g.0.2")]
    [Trait("Requirement", "o.9")]
    public async Task It_says_which_engine_runs_answers_for_its_health_and_exports_every_sink_when_terminated(string engine, string described)
    {
        Write("f.ndjson", string.Join('\n', Enumerable.Range(1, 100).Select(i => CloudEvent(i))));
        await DoneAsync("ingest", "f.ndjson", "--source", "s");
        using var host = HostProcess.Start(Folder, [.. Run, "--engine", engine]);

        var line = await host.Output.ReadLineAsync().WaitAsync(HostProcess.Timeout);
        Assert.StartsWith(described, line);
        var url = Regex.Match(line!, @"http://127\.0\.0\.1:\d+").Value;
        using var client = new HttpClient { Timeout = HostProcess.Timeout };
        Assert.Equal("Healthy", await client.GetStringAsync(url + "/health/live"));
        Assert.Equal("Healthy", await client.GetStringAsync(url + "/health/ready"));
        var (busy, _, error) = await RunAsync("query", "--source", "s", "--engine", engine);
        Assert.Equal(1, busy);
        Assert.Contains("held by another process", error);
        Assert.DoesNotContain("unexpected", error);
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
    [Trait("Requirement", "o.9")]
    public async Task Settings_come_from_the_file_from_the_environment_and_from_the_command_line_and_the_last_counts()
    {
        Write("appsettings.json", """{ "Sources": { "gateway": { "ExportEvery": 10 }, "permits": { "ExportEvery": 0 } } }""");
        var environment = new Dictionary<string, string> { ["Sources__permits__ExportEvery"] = "-1", ["Sources__loans__ExportEvery"] = "20" };
        using (var wrong = HostProcess.Start(Folder, environment, "run", "--urls", "http://127.0.0.1:0"))
        {
            var (exitCode, _, errors) = await wrong.EndAsync();
            Assert.NotEqual(0, exitCode);
            Assert.Contains("ExportEvery of source 'permits'", errors, StringComparison.Ordinal);
        }

        using var host = HostProcess.Start(Folder, environment, "run", "--urls", "http://127.0.0.1:0", "--set", "Sources:permits:ExportEvery=30");
        var line = await host.Output.ReadLineAsync().WaitAsync(HostProcess.Timeout);
        Assert.All(["gateway", "loans", "permits"], source => Assert.Contains(source, line, StringComparison.Ordinal));
        host.Terminate();
        Assert.Equal(0, (await host.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task Without_a_verb_it_runs_with_the_settings_of_the_current_directory()
    {
        Write("appsettings.json", """{ "Sources": { "gateway": { "Sinks": ["events-per-day"], "ExportEvery": 10, "ExportInterval": "00:00:30" } } }""");
        using var host = HostProcess.Start(Folder, "--urls", "http://127.0.0.1:0");

        var line = await host.Output.ReadLineAsync().WaitAsync(HostProcess.Timeout);

        Assert.StartsWith(Engines.Default, line);
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
        Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

#if ORLEANS
    [Theory]
    [InlineData("--silo-port")]
    [InlineData("--gateway-port")]
    [Trait("Requirement", "o.9")]
    public async Task A_port_of_the_silo_in_use_is_one_line_and_exit_code_1(string option)
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;

        var (exitCode, output, errors) = await RunAsync("run", "--urls", "http://127.0.0.1:0", option, $"{port}");

        Assert.Equal((1, ""), (exitCode, output));
        Assert.StartsWith($"error: port {port} ", errors);
        Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
#endif

    [Theory]
    [InlineData("--urls http://0.0.0.0:0", "there are no credentials")]
    [InlineData("--urls http://*:0", "there are no credentials")]
    [InlineData("--urls http://127.0.0.1:0;http://[::]:0", "there are no credentials")]
    [InlineData("--urls http://example.org:80", "listen on an IP address")]
    [InlineData("--urls http://*:0 --set Web:ApiKeys:0=short", "ApiKeys[0] has fewer than 16 characters")]
    [InlineData("--urls http://127.0.0.1:0 --set Web:MaxBody=1", "'Web:MaxBody', which is not known")]
    [InlineData("--urls http://127.0.0.1:0 --set Web:MaxBodyBytes=much", "MaxBodyBytes")]
    [InlineData("--urls http://127.0.0.1:0 --set Kestrel:Endpoints:a:Url=http://*:1", "Kestrel:Endpoints")]
    public async Task An_address_beyond_loopback_without_credentials_and_bad_settings_are_refused(string arguments, string expected)
    {
        var (exitCode, output, errors) = await RunAsync(["run", .. arguments.Split(' ')]);

        Assert.Equal((2, ""), (exitCode, output));
        Assert.Contains(expected, errors);
        Assert.DoesNotContain("   at ", errors);
    }

    [Fact]
    public async Task With_a_key_it_listens_beyond_loopback_and_lets_in_who_shows_it()
    {
        using var host = HostProcess.Start(Folder, "run", "--urls", "http://*:0", "--set", "Web:ApiKeys:0=0123456789abcdef");
        var line = await host.Output.ReadLineAsync().WaitAsync(HostProcess.Timeout);
        var url = "http://127.0.0.1:" + Regex.Match(line!, @"http://\S+:(\d+)").Groups[1].Value;
        using var client = new HttpClient { Timeout = HostProcess.Timeout };

        var without = await client.GetAsync(url + "/health");
        client.DefaultRequestHeaders.Authorization = new("Bearer", "0123456789abcdef");
        var with = await client.GetAsync(url + "/health");

        Assert.Equal((System.Net.HttpStatusCode.Unauthorized, "application/problem+json"), (without.StatusCode, without.Content.Headers.ContentType!.MediaType));
        Assert.Equal(System.Net.HttpStatusCode.OK, with.StatusCode);
        host.Terminate();
        Assert.Equal(0, (await host.EndAsync()).ExitCode);
    }

#if ORLEANS
    [Fact]
    public async Task What_one_engine_has_stored_the_other_one_reads()
    {
        Write("f.ndjson", string.Join('\n', Enumerable.Range(1, 1_200).Select(i => CloudEvent(i))));
        await DoneAsync("ingest", "f.ndjson", "--source", "s", "--engine", "orleans");
        var again = await DoneAsync("ingest", "f.ndjson", "--source", "s", "--json");

        Assert.Equal("""{"source":"s","read":1200,"added":0,"already_there":1200}""", again.Trim());
        Assert.Equal(await DoneAsync("query", "--source", "s", "--engine", "local"), await DoneAsync("query", "--source", "s", "--engine", "orleans"));
    }

    [Fact]
    [Trait("Requirement", "o.9")]
    public async Task A_silo_on_an_embedded_directory_does_not_join_others()
    {
        var (exitCode, _, errors) = await RunAsync("run", "--primary", "11111");
        var (configuredCode, _, configuredErrors) = await RunAsync("run", "--set", "Orleans:Clustering:ProviderType=Redis");
        var (portCode, _, portErrors) = await RunAsync("run", "--silo-port", "70000");
        var (localCode, _, localErrors) = await RunAsync("run", "--engine", "local", "--silo-port", "7000");

        Assert.Equal((2, 2, 2, 2), (exitCode, configuredCode, portCode, localCode));
        Assert.Contains("a storage that they share", errors);
        Assert.Contains("Orleans:Clustering", configuredErrors);
        Assert.Contains("--silo-port: '70000' is no port", portErrors);
        Assert.Contains("--engine orleans", localErrors);
    }
#else
    [Fact]
    public async Task Without_Orleans_that_engine_is_refused()
    {
        var (exitCode, _, errors) = await RunAsync("run", "--engine", "orleans");

        Assert.Equal(2, exitCode);
        Assert.Contains("built without Orleans", errors);
    }
#endif
}
