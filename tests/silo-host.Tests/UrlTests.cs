using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Orleans.Persist.SiloHost.Tests;

/// <summary>The commands against a running host.</summary>
public class UrlTests : HostTestBase
{
    private static readonly string[] Run = ["run", "--urls", "http://127.0.0.1:0", "--set", "Sources:s:Sinks:0=events-per-type", "--set", "Sources:s:ExportEvery=50"];

    [Fact]
    [Trait("Requirement", "s.1")]
    [Trait("Requirement", "s.6")]
    public async Task The_commands_do_with_a_running_host_what_they_do_on_a_directory()
    {
        Write("f.ndjson", string.Join('\n', Enumerable.Range(1, 2_000).Select(i => CloudEvent(i, $"type{i % 5}", $"2026-01-01T00:00:{i % 60:00}.{i:0000}Z"))));
        await DoneAsync("ingest", "f.ndjson", "--source", "s", "--data", "other");
        using var host = HostProcess.Start(Folder, Run);
        var url = await UrlAsync(host);

        var first = await DoneAsync("ingest", "f.ndjson", "--source", "s", "--url", url, "--json");
        var again = await DoneAsync("ingest", "f.ndjson", "--source", "s", "--url", url, "--json");
        var verified = JsonDocument.Parse(await DoneAsync("verify", "--url", url, "--json")).RootElement;
        var sinks = JsonDocument.Parse(await DoneAsync("sinks", "--source", "s", "--url", url, "--json")).RootElement;

        Assert.Equal("""{"source":"s","read":2000,"added":2000,"already_there":0}""", first.Trim());
        Assert.Equal("""{"source":"s","read":2000,"added":0,"already_there":2000}""", again.Trim());
        Assert.Equal((true, 2000L), (verified.GetProperty("ok").GetBoolean(), verified.GetProperty("sources")[0].GetProperty("events").GetInt64()));
        Assert.Equal(("events-per-type", 2000L), (sinks.GetProperty("sinks")[0].GetProperty("name").GetString(), sinks.GetProperty("version").GetInt64()));
        using var client = new HttpClient { Timeout = HostProcess.Timeout };
        var state = JsonDocument.Parse(await client.GetStringAsync($"{url}/sources/s/state/events-per-type?at=1000")).RootElement.GetProperty("state").GetProperty("Counts");
        Assert.Equal(["type0 200", "type1 200", "type2 200", "type3 200", "type4 200"], state.EnumerateObject().Select(count => $"{count.Name} {count.Value}").Order());
        foreach (var conditions in (string[])["", "--subject s3 --subject s4 --type type1", "--since 2026-01-01T00:00:30Z --backward --limit 7", "--from 1990 --prefix s"])
        {
            string[] arguments = ["query", "--source", "s", .. conditions.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
            Assert.Equal(WithoutRecorded(await DoneAsync([.. arguments, "--data", "other"])), WithoutRecorded(await DoneAsync([.. arguments, "--url", url])));
        }

        host.Terminate();
        Assert.Equal(0, (await host.EndAsync()).ExitCode);
    }

    [Fact]
    [Trait("Requirement", "s.8")]
    public async Task A_checkpoint_of_a_running_host_is_signed_here_and_proves_what_its_directory_holds()
    {
        Write("secret", new string('s', 40));
        Write("f.ndjson", string.Join('\n', Enumerable.Range(1, 300).Select(i => CloudEvent(i))));
        using var host = HostProcess.Start(Folder, [.. Run, "--data", "served"]);
        var url = await UrlAsync(host);
        await DoneAsync("ingest", "f.ndjson", "--source", "s", "--url", url);
        var first = await DoneAsync("checkpoint", "--source", "s", "--url", url, "--key", "secret");
        Write("f.ndjson", string.Join('\n', Enumerable.Range(301, 100).Select(i => CloudEvent(i))));
        await DoneAsync("ingest", "f.ndjson", "--source", "s", "--url", url);
        Write("kept.jsonl", first + await DoneAsync("checkpoint", "--source", "s", "--url", url, "--key", "secret"));
        var all = await DoneAsync("checkpoint", "--source", "s", "--url", url, "--all");
        var unknown = await RunAsync("checkpoint", "--source", "other", "--url", url);
        host.Terminate();
        await host.EndAsync();

        var audit = JsonDocument.Parse(await DoneAsync("verify", "--json", "--data", "served", "--audit", "kept.jsonl", "--key", "secret")).RootElement.GetProperty("audit");
        Assert.Equal((2, 400), (audit.GetProperty("checkpoints").GetInt32(), audit.GetProperty("proven").GetInt32()));
        Assert.Equal([300, 400], all.Trim().Split('\n').Select(line => JsonDocument.Parse(line).RootElement.GetProperty("version").GetInt32()));
        Assert.DoesNotContain("signature", all);
        Assert.Equal(1, unknown.ExitCode);
        Assert.Contains("There are: 's'", unknown.Errors);
    }

    [Fact]
    public async Task What_is_wrong_is_one_line_and_an_exit_code()
    {
        Write("bad.ndjson", CloudEvent(1) + "\n" + CloudEvent(2)[..^1] + ",\"data_base64\":\"" + new string('A', 9_000_000) + "\"}");
        using var host = HostProcess.Start(Folder, [.. Run, "--set", "Web:ApiKeys:0=0123456789abcdef"]);
        var url = await UrlAsync(host);

        var keyless = await RunAsync("query", "--source", "s", "--url", url);
        var nobody = await RunAsync("query", "--source", "s", "--url", "http://127.0.0.1:1");
        var both = await RunAsync("query", "--source", "s", "--url", url, "--data", "data");
        var none = await RunAsync("query", "--source", "s", "--url", "nowhere");

        Assert.Equal((1, 1, 2, 2), (keyless.ExitCode, nobody.ExitCode, both.ExitCode, none.ExitCode));
        Assert.Contains("PERSIST_API_KEY", keyless.Errors);
        Assert.Contains("127.0.0.1:1", nobody.Errors);
        Assert.Contains("exclude each other", both.Errors);
        Assert.All([keyless, nobody], run => Assert.Single(run.Errors.Trim().Split('\n')));
        host.Terminate();
        await host.EndAsync();
    }

    [Fact]
    public async Task An_event_that_the_host_refuses_is_told_with_its_line_and_an_unknown_source_with_those_there_are()
    {
        Write("bad.ndjson", CloudEvent(1) + "\n" + CloudEvent(2)[..^1].Replace("\"data\":{\"number\":2}", $"\"data_base64\":\"{new string('A', 9_000_000)}\"") + "}");
        using var host = HostProcess.Start(Folder, Run);
        var url = await UrlAsync(host);

        var (exitCode, _, errors) = await RunAsync("ingest", "bad.ndjson", "--source", "s", "--url", url);
        var unknown = await RunAsync("query", "--source", "x", "--url", url);

        Assert.Equal(1, exitCode);
        Assert.Contains("bad.ndjson, line 2", errors);
        Assert.Equal(1, unknown.ExitCode);
        Assert.Contains($"no source 'x' in '{url}'. There are: 's'.", unknown.Errors);
        host.Terminate();
        Assert.Equal(0, (await host.EndAsync()).ExitCode);
    }

    /// <summary>What the issue's curl lines show, against the program itself.</summary>
    [Fact]
    public async Task A_batch_is_stored_and_wrong_requests_get_problem_documents()
    {
        using var host = HostProcess.Start(Folder, Run);
        using var client = new HttpClient { BaseAddress = new Uri(await UrlAsync(host)), Timeout = HostProcess.Timeout };

        Assert.Equal((201, "application/json"), await PostAsync($"[{CloudEvent(1)},{CloudEvent(2)}]"));
        Assert.Equal((400, "application/problem+json"), await PostAsync($"[{CloudEvent(1)}"));
        Assert.Equal((413, "application/problem+json"), await PostAsync(new string('x', 100_000_000)));
        Assert.Equal((404, "application/problem+json"), Of(await client.GetAsync("/sources/unknown/events")));
        Assert.Equal((400, "application/problem+json"), Of(await client.GetAsync("/sources/s/events?cursor=bad")));
        Assert.Equal((200, "application/json"), Of(await client.GetAsync("/sources/s/events")));
        host.Terminate();
        Assert.Equal(0, (await host.EndAsync()).ExitCode);

        async Task<(int, string?)> PostAsync(string body)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/sources/s/events") { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/cloudevents-batch+json");
            request.Headers.ExpectContinue = body.Length > 1_000_000;
            return Of(await client.SendAsync(request));
        }

        static (int, string?) Of(HttpResponseMessage response) => ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType);
    }

    private static async Task<string> UrlAsync(HostProcess host) =>
        Regex.Match((await host.Output.ReadLineAsync().WaitAsync(HostProcess.Timeout))!, @"http://127\.0\.0\.1:\d+").Value;

    private static string WithoutRecorded(string lines) => Regex.Replace(lines, "\"recordedtime\":\"[^\"]*\"", "");
}
