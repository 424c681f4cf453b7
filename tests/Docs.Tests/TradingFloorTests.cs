using System.Text.Json;
using Orleans.Persist.Samples;

namespace Orleans.Persist.Docs.Tests;

/// <summary>The sample itself, at a small scale, with its kills.</summary>
public sealed class TradingFloorTests
{
    [Fact]
    [Trait("Requirement", "m.2")]
    [Trait("Requirement", "m.3")]
    [Trait("Requirement", "m.4")]
    [Trait("Requirement", "m.5")]
    [Trait("Requirement", "m.7")]
    public async Task Killed_in_the_middle_of_ticks_and_rebuilt_it_ends_as_the_undisturbed_run()
    {
        var (exitCode, output, errors) = await SampleProcess.RunAsync("TradingFloor", "--actors", "60", "--ticks", "8", "--kills", "3", "--json");

        Assert.True(exitCode == 0, output + errors);
        using var report = JsonDocument.Parse(output.TrimEnd().Split('\n')[^1]);
        int Number(string name) => report.RootElement.GetProperty(name).GetInt32();
        Assert.Equal((60, 60, 0, 0, 0), (Number("states_equal"), Number("histories_equal"), Number("diverged"), Number("orders_lost"), Number("orders_twice")));
        Assert.InRange(Number("orders_equal"), 60, int.MaxValue);
        Assert.Equal(Number("orders"), Number("orders_equal"));
        var kills = report.RootElement.GetProperty("kills").EnumerateArray().ToList();
        Assert.Equal(["Quotes", "Quotes", "Timers"], kills.Select(k => k.GetProperty("step").GetString()));
        Assert.Equal([2, 4, 6], kills.Select(k => k.GetProperty("tick").GetInt32()));
        Assert.All(kills, kill => Assert.InRange(kill.GetProperty("strategies_unfinished").GetInt32(), 1, 60)); // each fell into the tick
        Assert.All(kills, kill => Assert.InRange(kill.GetProperty("rebuilt_messages").GetInt64(), 1, long.MaxValue));
    }

    [Theory]
    [InlineData("--actors", "0")]
    [InlineData("--ticks", "x")]
    [InlineData("--kills", "24")]
    [InlineData("--nonsense", "1")]
    public async Task Arguments_that_make_no_sense_are_refused(string option, string value)
    {
        var (exitCode, _, errors) = await SampleProcess.RunAsync("TradingFloor", option, value);
        Assert.Equal(2, exitCode);
        Assert.Contains(option, errors, StringComparison.Ordinal);
    }
}
