using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Orleans.Persist.SiloHost.Tests;

public class DemoTests : HostTestBase
{
    [Fact]
    [Trait("Requirement", "g.0.3")]
    [Trait("Requirement", "g.2.0")]
    [Trait("Requirement", "g.2.1")]
    [Trait("Requirement", "g.3.0")]
    [Trait("Requirement", "o.9")]
    public async Task Outside_of_a_checkout_the_generated_history_survives_a_kill_in_an_export()
    {
        var output = await DoneAsync("demo", "--json");

        Assert.StartsWith("input: 10,000 generated changes of files, since this is no git checkout", output);
        AssertReport(output, "generated", 10_000);
    }

    [Fact]
    public async Task A_csv_of_events_out_of_order_survives_a_kill_in_an_export_and_a_directory_that_was_named_is_kept()
    {
        var (file, events) = RepositoryFiles.SharedData("permit-receipt.csv") is { } real ? (real, 8_577) : (Generate(1_500), 1_500);

        var output = await DoneAsync(
            "demo", "--engine", "local", "--json", "--data", "kept", "--input", file, "--subject", "case:concept:name", "--type", "concept:name", "--time", "time:timestamp");

        AssertReport(output, "file", events);
        Assert.Equal(events, (await QueryAsync("--data", "kept", "--source", "demo")).Count);
        var (exitCode, _, errors) = await RunAsync("demo", "--data", "kept");
        Assert.Equal((1, "error: 'kept' is not empty: the demo needs a new directory or table."), (exitCode, errors.Trim()));
    }

    [Fact]
    public async Task The_smallest_input_survives_a_kill_too()
    {
        var output = await DoneAsync(
            "demo", "--json", "--input", Generate(100), "--subject", "case:concept:name", "--type", "concept:name", "--time", "time:timestamp");

        AssertReport(output, "file", 100);
    }

    [Fact]
    public async Task An_input_that_is_too_short_or_bad_is_an_error()
    {
        Write("short.ndjson", CloudEvent(1));
        Write("bad.ndjson", "nothing");

        var (shortCode, _, shortError) = await RunAsync("demo", "--input", "short.ndjson");
        var (badCode, _, badError) = await RunAsync("demo", "--input", "bad.ndjson");

        Assert.Equal((1, 1), (shortCode, badCode));
        Assert.StartsWith("error: the input has 1 events", shortError);
        Assert.StartsWith("error: bad.ndjson, line 1", badError);
    }

    private static void AssertReport(string output, string input, int events)
    {
        var report = JsonDocument.Parse(output.TrimEnd().Split('\n')[^1]).RootElement;
        Assert.True(report.GetProperty("ok").GetBoolean(), output);
        Assert.Equal(input, report.GetProperty("input").GetString());
        Assert.Equal(events, report.GetProperty("events").GetInt64());
        Assert.True(report.GetProperty("killed").GetBoolean());
        Assert.True(report.GetProperty("killed_in_export").GetBoolean());
        Assert.InRange(report.GetProperty("killed_at").GetInt64(), (events / 2) + 1, events - 1);
        Assert.Equal((0L, 0L), (report.GetProperty("lost").GetInt64(), report.GetProperty("duplicated").GetInt64()));
        var sinks = report.GetProperty("sinks").EnumerateArray().ToList();
        Assert.Equal(3, sinks.Count);
        Assert.All(sinks, sink => Assert.True(sink.GetProperty("exports_before_kill").GetInt64() >= 1));
        Assert.All(sinks, sink => Assert.True(sink.GetProperty("exports").GetInt64() > sink.GetProperty("exports_before_kill").GetInt64()));
        Assert.All(sinks, sink => Assert.True(sink.GetProperty("replayed").GetInt64() < events - report.GetProperty("killed_at").GetInt64()));
        Assert.True(sinks.Sum(sink => sink.GetProperty("failed").GetInt64()) >= 1);
        Assert.True(report.GetProperty("rebuild_ms").GetDouble() > 0);
    }

    private string Generate(int count)
    {
        var text = new StringBuilder("case:concept:name,concept:name,time:timestamp,note\n");
        for (var i = 0; i < count; i++)
            text.Append(CultureInfo.InvariantCulture, $"case-{i * 31 % 40},T{i % 20:D2},2011-10-{(i * 17 % 28) + 1:D2}T13:45:40+02:00,n{i}\n");
        Write("generated.csv", text.ToString());
        return Path.Combine(Folder, "generated.csv");
    }
}
