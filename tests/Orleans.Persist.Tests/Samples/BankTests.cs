using System.Text.Json;
using Orleans.Persist.Samples;

namespace Orleans.Persist.Tests.Samples;

/// <summary>The sample itself, at a small scale, with its kills of the silo's process.</summary>
public sealed class BankTests
{
    [Fact]
    [Trait("Requirement", "o.3")]
    [Trait("Requirement", "m.5")]
    public async Task Killed_in_the_middle_of_transfers_the_bank_has_its_money_its_history_and_its_statements()
    {
        var (exitCode, output, errors) = await SampleProcess.RunAsync("Bank", "--accounts", "12", "--transfers", "240", "--kills", "2", "--json");

        Assert.True(exitCode == 0, output + errors);
        using var report = JsonDocument.Parse(output.TrimEnd().Split('\n')[^1]);
        int Number(string name) => report.RootElement.GetProperty(name).GetInt32();
        Assert.Equal(Number("total_cents_expected"), Number("total_cents"));
        Assert.Equal((240, 0, 0), (Number("transfers_once"), Number("transfers_lost"), Number("transfers_twice")));
        Assert.Equal((12, 12, 12, 12), (Number("balances_equal"), Number("yesterday_equal"), Number("histories_equal"), Number("statements_equal")));
        var kills = report.RootElement.GetProperty("kills").EnumerateArray().ToList();
        Assert.Equal([1, 2], kills.Select(kill => kill.GetProperty("day").GetInt32()));
        Assert.All(kills, kill => Assert.InRange(kill.GetProperty("unanswered").GetInt32(), 1, 12)); // each fell into orders
    }

    [Theory]
    [InlineData("--accounts", "1")]
    [InlineData("--transfers", "x")]
    [InlineData("--kills", "11")]
    public async Task Arguments_that_make_no_sense_are_refused(string option, string value)
    {
        var (exitCode, _, errors) = await SampleProcess.RunAsync("Bank", option, value);
        Assert.Equal(2, exitCode);
        Assert.Contains(option, errors, StringComparison.Ordinal);
    }
}
