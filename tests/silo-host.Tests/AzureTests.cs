using System.Text.Json;
#if ORLEANS
using System.Text.RegularExpressions;
#endif

namespace Orleans.Persist.SiloHost.Tests;

[Trait("Requirement", "o.10")]
public sealed class AzureTests : HostTestBase
{
    private const int Events = 500;

    /// <summary>Several processes start one after the other, and a dead silo is noticed only after some seconds.</summary>
    private static readonly TimeSpan DemoTimeout = TimeSpan.FromMinutes(8);

    [AzuriteFact]
    public async Task The_demo_starts_Azurite_by_itself_and_loses_nothing_in_the_kill()
    {
        var (_, report) = await DemoAsync("--storage", "azure", "--engine", "local");
        Assert.False(report.TryGetProperty("silos", out _));
    }

#if ORLEANS
    [AzuriteFact]
    [Trait("Requirement", "o.4")]
    [Trait("Requirement", "o.9")]
    public async Task On_a_cluster_the_silo_where_the_source_lives_is_killed_and_the_other_one_has_everything()
    {
        var connectionString = await SharedAzurite.ConnectionStringAsync();
        var (output, report) = await DemoAsync("--data", "azure:Kept", "--connection-string", connectionString);

        Assert.Equal(2, report.GetProperty("silos").GetInt32());
        Assert.True(report.GetProperty("killed_in_export").GetBoolean());
        Assert.True(report.GetProperty("answered_ms").GetDouble() > 0);
        var sinks = report.GetProperty("sinks").EnumerateArray().ToList();
        Assert.Equal(1, sinks.Count(sink => sink.GetProperty("stayed").GetBoolean()));
        var moved = sinks.Where(sink => !sink.GetProperty("stayed").GetBoolean()).ToList();
        Assert.All(moved, sink => Assert.InRange(sink.GetProperty("imported").GetInt64(), Events * 2 / 5, report.GetProperty("killed_at").GetInt64()));
        Assert.Contains(moved, sink => sink.GetProperty("failed").GetInt64() > 0);

        // The silo that is killed is the one that was said to have the source.
        var home = Regex.Match(output, @"in process (\d+): the source").Groups[1].Value;
        Assert.NotEmpty(home);
        Assert.Contains($"SIGKILL to process {home},", output);

        // What is named is kept, and not used twice.
        Assert.Equal(Events, (await QueryAsync("--data", "azure:Kept", "--source", "demo", "--connection-string", connectionString)).Count);
        var (exitCode, _, errors) = await RunAsync("demo", "--data", "azure:Kept", "--connection-string", connectionString);
        Assert.Equal((1, "error: 'azure:Kept' is not empty: the demo needs a new directory or table."), (exitCode, errors.Trim()));
    }
#endif

    [AzuriteFact]
    public async Task A_directory_goes_to_Azure_Storage_and_back_and_is_the_same()
    {
        var connectionString = await SharedAzurite.ConnectionStringAsync();
        string[] azure = ["--connection-string", connectionString];
        Write("input.ndjson", string.Join('\n', Enumerable.Range(1, 300).Select(i => CloudEvent(i))));
        await DoneAsync("ingest", "input.ndjson", "--source", "orders", "--data", "here");
        await DoneAsync(["copy", "--from", "here", "--to", "azure:Orders", .. azure]);
        var copied = await DoneAsync(["copy", "--from", "azure:Orders", "--to", "back", "--json", .. azure]);
        Assert.True(JsonDocument.Parse(copied).RootElement.GetProperty("same").GetBoolean());

        var events = (await QueryAsync("--source", "orders", "--data", "here")).ConvertAll(WithoutRecorded);
        Assert.Equal(300, events.Count);
        Assert.Equal(events, (await QueryAsync(["--source", "orders", "--data", "azure:Orders", .. azure])).ConvertAll(WithoutRecorded));
        Assert.Equal(events, (await QueryAsync("--source", "orders", "--data", "back")).ConvertAll(WithoutRecorded));
        await DoneAsync(["ingest", "input.ndjson", "--source", "orders", "--storage", "azure", .. azure]);
        Assert.Equal(300, (await QueryAsync(["--source", "orders", "--storage", "azure", .. azure])).Count);
    }

    private async Task<(string Output, JsonElement Report)> DemoAsync(params string[] arguments)
    {
        Write("input.ndjson", string.Join('\n', Enumerable.Range(1, Events).Select(i => CloudEvent(i))));
        var (exitCode, output, errors) = await HostProcess.RunAsync(Folder, DemoTimeout, ["demo", "--json", "--input", "input.ndjson", .. arguments]);
        Assert.True(exitCode == 0, $"{output}{errors}");
        var report = JsonDocument.Parse(output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]).RootElement;
        Assert.Equal((true, true, 0L, 0L), (report.GetProperty("ok").GetBoolean(), report.GetProperty("killed").GetBoolean(), report.GetProperty("lost").GetInt64(), report.GetProperty("duplicated").GetInt64()));
        return (output, report);
    }

    private static string WithoutRecorded(JsonElement @event) =>
        string.Join(' ', @event.EnumerateObject().Where(p => !p.Name.Contains("recorded", StringComparison.OrdinalIgnoreCase)).Select(p => $"{p.Name}={p.Value}"));
}
