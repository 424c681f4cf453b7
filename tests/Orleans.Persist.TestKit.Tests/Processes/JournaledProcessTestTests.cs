using Orleans.Persist.Processes;
using Orleans.Persist.TestKit.Processes;

namespace Orleans.Persist.TestKit.Tests.Processes;

public sealed class JournaledProcessTestTests
{
    private static readonly DateTimeOffset Start = new ProcessTestOptions().Start;

    [Fact]
    [Trait("Requirement", "m.4")]
    public async Task The_same_messages_give_the_same_numbers_in_every_test_and_other_ids_give_others()
    {
        var rolls = new List<IReadOnlyList<int>>();
        foreach (var key in new[] { "a", "a", "b" })
        {
            var setup = new ProcessTestOptions { Id = new ProcessId("dice", key) };
            await using var dice = ProcessTest.Journaled(() => new Dice(), setup: setup);
            await dice.GivenAsync(Enumerable.Repeat(new Roll(1_000_000), 20));
            rolls.Add((await dice.WhenAsync(new Roll(1_000_000))).State.Values);
        }

        Assert.Equal(21, rolls[0].Count);
        Assert.Equal(rolls[0], rolls[1]);
        Assert.NotEqual(rolls[0], rolls[2]);
    }

    [Fact]
    public async Task Given_messages_when_a_message_then_message_sends_reply_and_state()
    {
        await using var dice = ProcessTest.Journaled(() => new Dice());
        await dice.GivenAsync(new Roll(6), new Roll(6));

        var turn = await dice.WhenAsync(new Roll(1));

        turn.ThenEvents(new Roll(1)).ThenSends(new SentMessage(new ProcessId("table", "1"), 1)).ThenReply(1).ThenState(s => s.Values.Count == 3 && s.Values[2] == 1);
        Assert.Equal(3, turn.Version);
    }

    [Fact]
    public async Task A_message_that_is_refused_stores_nothing()
    {
        await using var dice = ProcessTest.Journaled(() => new Dice());
        await dice.GivenAsync(new Roll(6));

        (await dice.WhenAsync(new Roll(0))).ThenThrows<ArgumentOutOfRangeException>().ThenNothing().ThenState(s => s.Values.Count == 1);
        await Assert.ThrowsAsync<ProcessAssertionException>(() => dice.GivenAsync(new Roll(0)));
    }

    [Fact]
    public async Task A_message_of_another_type_is_refused()
    {
        await using var dice = ProcessTest.Journaled(() => new Dice());

        (await dice.WhenAsync("roll")).ThenThrows<ArgumentException>("take messages of type").ThenNothing();
    }

    [Fact]
    public async Task Timers_fire_each_at_its_own_time_also_after_a_restart()
    {
        await using var dice = ProcessTest.Journaled(() => new Dice());
        await dice.GivenAsync(new Roll(6));

        var turn = await dice.WhenTimePassesAsync(TimeSpan.FromMinutes(2.5));
        turn.ThenEvents(new Roll(6), new Roll(6)).ThenState(s => s.Last == Start.AddMinutes(2));

        await dice.RestartAsync(crash: true);
        (await dice.WhenTimePassesAsync(TimeSpan.FromMinutes(1))).ThenEvents(new Roll(6)).ThenState(s => s.Last == Start.AddMinutes(3));
    }

    [Fact]
    [Trait("Requirement", "m.9")]
    public async Task A_handler_that_is_not_deterministic_is_found_by_its_first_turn()
    {
        await using var dice = ProcessTest.Journaled(() => new LoadedDice());

        var failure = await Assert.ThrowsAsync<ProcessAssertionException>(() => dice.WhenAsync(new Roll(6)));

        Assert.Contains("cannot be rebuilt", failure.Message, StringComparison.Ordinal);
        Assert.IsType<ReplayDivergedException>(failure.InnerException);
    }

    [Fact]
    public async Task A_kind_that_is_named_as_receiver_refuses_what_it_does_not_take()
    {
        var setup = new ProcessTestOptions { Receivers = [ProcessDefinition.Journaled<Dice, Rolled, Roll>("table", () => new Dice())] };
        await using var dice = ProcessTest.Journaled(() => new Dice(), setup: setup);

        (await dice.WhenAsync(new Roll(6))).ThenThrows<ArgumentException>("Processes of type 'table' take messages of type").ThenNothing();
    }
}
