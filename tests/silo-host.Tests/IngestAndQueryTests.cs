using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Orleans.Persist.SiloHost.Tests;

public class IngestAndQueryTests : HostTestBase
{
    private static readonly string[] Permits = ["--subject", "case:concept:name", "--type", "concept:name", "--time", "time:timestamp"];

    [Fact]
    [Trait("Requirement", "m.7")]
    public async Task A_csv_goes_in_once_and_a_case_comes_out_in_the_order_of_the_file()
    {
        var file = RepositoryFiles.SharedData("permit-receipt.csv") ?? GeneratePermits();
        var rows = (await File.ReadAllLinesAsync(file))[1..];
        var subject = rows[rows.Length / 2].Split(',')[1];

        var first = await DoneAsync(["ingest", file, "--source", "permits", "--json", .. Permits]);
        var again = await DoneAsync(["ingest", file, "--source", "permits", "--json", .. Permits]);
        var found = await QueryAsync("--source", "permits", "--subject", subject);

        Assert.Equal($$"""{"source":"permits","read":{{rows.Length}},"added":{{rows.Length}},"already_there":0}""", first.Trim());
        Assert.Equal($$"""{"source":"permits","read":{{rows.Length}},"added":0,"already_there":{{rows.Length}}}""", again.Trim());
        var expected = rows.Where(row => row.Split(',')[1] == subject).Select(row => row.Split(',')[9]);
        Assert.Equal(expected, found.Select(e => e.GetProperty("data").GetProperty("concept:instance").GetString()));
        Assert.All(found, e => Assert.Equal("1.0", e.GetProperty("specversion").GetString()));
    }

    [Fact]
    public async Task Query_options_select_and_order()
    {
        var lines = Enumerable.Range(1, 100).Select(i => CloudEvent(i, i % 2 == 0 ? "even" : "odd", $"2026-01-{(i * 7 % 28) + 1:D2}T00:00:00Z"));
        Write("f.ndjson", string.Join('\n', lines));
        await DoneAsync("ingest", "f.ndjson", "--source", "s");

        Assert.Equal(Numbers(i => i is >= 90), Of(await QueryAsync("--source", "s", "--from", "90")));
        Assert.Equal(Numbers(i => i % 2 == 0), Of(await QueryAsync("--source", "s", "--type", "even")));
        Assert.Equal(Numbers(_ => true), Of(await QueryAsync("--source", "s", "--type", "even", "--type", "odd")));
        Assert.Equal(Numbers(i => i % 7 == 3 && i % 2 == 1), Of(await QueryAsync("--source", "s", "--subject", "s3", "--type", "odd")));
        Assert.Equal(Numbers(i => (i * 7 % 28) + 1 is >= 10 and < 20), Of(await QueryAsync("--source", "s", "--since", "2026-01-10", "--until", "2026-01-20")));
        Assert.Equal(Numbers(i => i % 7 is 1 or 2 && i is >= 20 and <= 60), Of(await QueryAsync("--source", "s", "--prefix", "s1", "--subject", "s2", "--from", "20", "--to", "60")));
        Assert.Equal([17, 4], Of(await QueryAsync("--source", "s", "--id", "4", "--id", "17", "--backward", "--recorded-since", "2020-01-01")));
        Assert.Empty(await QueryAsync("--source", "s", "--recorded-until", "2020-01-01"));
        Assert.Equal([50, 49, 48], Of(await QueryAsync("--source", "s", "--backward", "--from", "50", "--limit", "3")));

        static IEnumerable<int> Numbers(Func<int, bool> condition) => Enumerable.Range(1, 100).Where(condition);
        static IEnumerable<int> Of(List<JsonElement> events) => events.Select(e => e.GetProperty("data").GetProperty("number").GetInt32());
    }

    [Fact]
    public async Task What_a_query_prints_can_be_ingested_elsewhere()
    {
        Write("f.ndjson", CloudEvent(1) + "\n" + CloudEvent(2)[..^1] + ",\"traceparent\":\"00-ab\",\"tags\":\"x,y\"}");
        await DoneAsync("ingest", "f.ndjson", "--source", "s");
        Write("g.ndjson", await DoneAsync("query", "--source", "s"));

        await DoneAsync("ingest", "g.ndjson", "--source", "copy");

        var copy = await QueryAsync("--source", "copy");
        Assert.Equal(["1", "2"], copy.Select(e => e.GetProperty("id").GetString()));
        Assert.Equal(("00-ab", "x,y", "tests"), (copy[1].GetProperty("traceparent").GetString(), copy[1].GetProperty("tags").GetString(), copy[1].GetProperty("source").GetString()));
    }

    [Fact]
    public async Task A_source_that_is_not_there_is_an_error_that_names_those_that_are()
    {
        Write("f.ndjson", CloudEvent(1));
        await DoneAsync("ingest", "f.ndjson", "--source", "right");

        var (exitCode, output, errors) = await RunAsync("query", "--source", "wrong");

        Assert.Equal((1, ""), (exitCode, output));
        Assert.Equal("error: there is no source 'wrong' in 'data'. There are: 'right'.", errors.Trim());
    }

    [Theory]
    [InlineData("not json", "error: f.ndjson, line 1001, column 2: not a CloudEvent in JSON")]
    [InlineData("""{"specversion":"1.0","id":"x","source":"s","type":"t","time":"noon"}""", "error: f.ndjson, line 1001: the attribute 'time' is 'noon'")]
    public async Task Bad_input_is_told_with_file_and_line_and_what_came_before_is_kept(string line, string expected)
    {
        Write("f.ndjson", string.Join('\n', [.. Enumerable.Range(1, 1_000).Select(i => CloudEvent(i)), line, CloudEvent(1_001)]));

        var (exitCode, output, errors) = await RunAsync("ingest", "f.ndjson", "--source", "s");

        Assert.Equal((1, ""), (exitCode, output));
        Assert.Contains(expected, errors);
        Assert.DoesNotContain("   at ", errors);
        Assert.Equal(1_000, (await QueryAsync("--source", "s")).Count);
    }

    [Fact]
    public async Task A_reader_that_goes_away_is_a_quiet_end()
    {
        Write("f.ndjson", string.Join('\n', Enumerable.Range(1, 20_000).Select(i => CloudEvent(i))));
        await DoneAsync("ingest", "f.ndjson", "--source", "s");
        using var query = HostProcess.Start(Folder, "query", "--source", "s");

        await query.Output.ReadLineAsync().WaitAsync(HostProcess.Timeout);
        query.Output.Close();

        var (exitCode, errors) = await query.ExitAsync();
        Assert.Equal((0, ""), (exitCode, errors));
    }

    [Fact]
    public async Task Killed_at_random_moments_and_run_again_every_event_is_there_once()
    {
        const int count = 30_000;
        var bytes = Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(1, count).Select(i => CloudEvent(i))));
        var random = new Random(7);
        for (var kill = 0; kill < 5; kill++)
        {
            using var ingest = HostProcess.Start(Folder, "ingest", "-", "--source", "s");
            var cut = random.Next(bytes.Length / 2, bytes.Length);
            await ingest.Input.BaseStream.WriteAsync(bytes.AsMemory(0, cut)).AsTask().WaitAsync(HostProcess.Timeout);
            ingest.Kill();
            await ingest.ExitAsync();

            var (exitCode, _, errors) = await RunAsync("verify");
            Assert.True(exitCode == 0, errors);
        }

        Write("f.ndjson", Encoding.UTF8.GetString(bytes));
        var last = JsonDocument.Parse(await DoneAsync("ingest", "f.ndjson", "--source", "s", "--json")).RootElement;
        var events = await QueryAsync("--source", "s");

        Assert.True(last.GetProperty("already_there").GetInt32() > 0, "No kill left anything behind.");
        Assert.Equal(Enumerable.Range(1, count).Select(i => i.ToString(CultureInfo.InvariantCulture)), events.Select(e => e.GetProperty("id").GetString()));
    }

    private string GeneratePermits()
    {
        var text = new StringBuilder("case:channel,case:concept:name,c,d,e,f,g,h,i,concept:instance,concept:name,l,m,n,time:timestamp\n");
        for (var i = 0; i < 3_000; i++)
            text.Append(CultureInfo.InvariantCulture, $"Internet,case-{i * 31 % 400},,,,,,,,task-{i},T{i % 20:D2},complete,,,2011-10-{(i * 17 % 28) + 1:D2} 13:45:40.276000+02:00\n");
        Write("permits.csv", text.ToString());
        return Path.Combine(Folder, "permits.csv");
    }
}
