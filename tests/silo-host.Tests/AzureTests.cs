using System.Text.Json;
using Orleans.Persist.Azurite;

namespace Orleans.Persist.SiloHost.Tests;

[Trait("Requirement", "o.10")]
public sealed class AzureTests : HostTestBase
{
    [AzuriteFact]
    public async Task The_demo_starts_Azurite_by_itself_and_loses_nothing_in_the_kill()
    {
        Write("input.ndjson", string.Join('\n', Enumerable.Range(1, 500).Select(i => CloudEvent(i))));
        var output = await DoneAsync("demo", "--storage", "azure", "--json", "--input", "input.ndjson");
        var report = JsonDocument.Parse(output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]).RootElement;
        Assert.Equal((true, true, 0L, 0L), (report.GetProperty("ok").GetBoolean(), report.GetProperty("killed").GetBoolean(), report.GetProperty("lost").GetInt64(), report.GetProperty("duplicated").GetInt64()));
    }

    [AzuriteFact]
    public async Task A_directory_goes_to_Azure_Storage_and_back_and_is_the_same()
    {
        await using var azurite = await AzuriteServer.StartAsync();
        string[] azure = ["--connection-string", azurite.ConnectionString];
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

    private static string WithoutRecorded(JsonElement @event) =>
        string.Join(' ', @event.EnumerateObject().Where(p => !p.Name.Contains("recorded", StringComparison.OrdinalIgnoreCase)).Select(p => $"{p.Name}={p.Value}"));
}
