using Orleans.Persist.Processes;
using Orleans.Persist.TestKit.Conformance;
using static Orleans.Persist.Core.Tests.Processes.ProcessWorld;

namespace Orleans.Persist.Core.Tests.Processes;

public sealed class BatchingTests
{
    [Fact]
    [Trait("Requirement", "p.8")]
    public async Task What_one_turn_persists_is_one_append_nested_events_one_more()
    {
        await using var world = new ProcessWorld
        {
            Happened = (p, e, version) =>
            {
                if (e.Text == "nest")
                    _ = p.KeepAll("n1", "n2");
            },
        };
        var appends = 0;
        world.Journal.BeforeAppend = _ =>
        {
            appends++;
            return Task.CompletedTask;
        };
        var host = await world.StartAsync();
        await NoteAsync(host, "a", [.. Enumerable.Range(0, 100).Select(i => $"{i}")]);
        Assert.Equal(1, appends);
        await DoAsync(host, "a", async p =>
        {
            _ = p.Keep("1");
            _ = p.KeepAll("2", "3");
            await p.Keep("4");
            await p.Keep("5");
            return null;
        });
        Assert.Equal(3, appends);
        await NoteAsync(host, "a", "nest", "nest", "6");
        Assert.Equal(5, appends);
        await DoAsync(host, "a", _ => default);
        Assert.Equal(5, appends); // nothing persisted, nothing appended
        Assert.Equal(112, (await world.Storage.Memory.GetHeadAsync("conformance/a")).Version);
    }
}
