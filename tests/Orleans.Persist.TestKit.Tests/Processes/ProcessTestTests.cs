using Orleans.Persist.Processes;
using Orleans.Persist.TestKit.Processes;

namespace Orleans.Persist.TestKit.Tests.Processes;

public sealed class ProcessTestTests
{
    private static readonly DateTimeOffset Start = new ProcessTestOptions().Start;

    [Fact]
    [Trait("Requirement", "p.2")]
    public async Task Given_events_when_a_command_then_events_sends_reply_and_state()
    {
        await using var account = ProcessTest.Persistent(() => new Account());

        await account.GivenAsync(new Deposited(100));
        var turn = await account.WhenAsync(new Withdraw(30));

        turn.ThenEvents(new Withdrawn(30, Start))
            .ThenSends(new SentMessage(Account.Bank, new Withdraw(30)))
            .ThenReply(70m)
            .ThenState(new Balance { Amount = 70 })
            .ThenState(s => s.Amount == 70);
        Assert.Equal(2, turn.Version);
    }

    [Fact]
    public async Task A_command_that_is_refused_stores_nothing_and_leaves_the_state()
    {
        await using var account = ProcessTest.Persistent(() => new Account());
        await account.GivenAsync(new Deposited(10));

        var turn = await account.WhenAsync(new Withdraw(30));

        turn.ThenThrows<InvalidOperationException>("only 10").ThenNothing().ThenState(new Balance { Amount = 10 });
        (await account.WhenAsync(new Withdraw(4))).ThenReply(6m);
    }

    [Fact]
    public async Task Turns_follow_each_other_and_each_has_its_own_events_and_state()
    {
        await using var account = ProcessTest.Persistent(() => new Account());

        var first = await account.WhenAsync(new Deposit(1));
        var second = await account.WhenAsync(new Deposit(2));

        first.ThenEvents(new Deposited(1)).ThenState(new Balance { Amount = 1 });
        second.ThenEvents(new Deposited(2)).ThenState(new Balance { Amount = 3 });
    }

    [Fact]
    public async Task Events_with_collections_are_compared_by_what_is_stored()
    {
        await using var account = ProcessTest.Persistent(() => new Account());

        var turn = await account.WhenAsync(new ShareWith("Ada", "Kurt"));

        turn.ThenEvents(new SharedWith(["Ada", "Kurt"])).ThenState(new Balance { Owners = { "Ada", "Kurt" } });
        var failure = Assert.Throws<ProcessAssertionException>(() => turn.ThenEvents(new SharedWith(["Ada", "Emmy"])));
        Assert.Contains("- 1. SharedWith {\"Names\":[\"Ada\",\"Emmy\"]}", failure.Message, StringComparison.Ordinal);
        Assert.Contains("+ 1. SharedWith {\"Names\":[\"Ada\",\"Kurt\"]}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_clock_is_set_and_is_what_the_process_sees()
    {
        var setup = new ProcessTestOptions { Start = new DateTimeOffset(2026, 3, 1, 9, 0, 0, TimeSpan.Zero) };
        await using var account = ProcessTest.Persistent(() => new Account(), setup: setup);
        await account.GivenAsync(new Deposited(5));
        await account.GivenTimeAsync(setup.Start.AddDays(1));

        (await account.WhenAsync(new Withdraw(5))).ThenEvents(new Withdrawn(5, setup.Start.AddDays(1)));
    }

    [Fact]
    public async Task A_timer_fires_when_its_time_has_passed_and_not_before()
    {
        await using var account = ProcessTest.Persistent(() => new Account());
        await account.GivenAsync(new Deposited(5));
        (await account.WhenAsync(new RemindIn(TimeSpan.FromHours(1)))).ThenNothing();

        (await account.WhenTimePassesAsync(TimeSpan.FromMinutes(59))).ThenNothing();
        (await account.WhenTimePassesAsync(TimeSpan.FromMinutes(1))).ThenEvents().ThenSends(new SentMessage(Account.Bank, new Remind()));
    }

    [Fact]
    public async Task A_timer_whose_message_is_refused_is_told()
    {
        await using var account = ProcessTest.Persistent(() => new Account());
        await account.WhenAsync(new RemindIn(TimeSpan.FromHours(1)));

        (await account.WhenTimePassesAsync(TimeSpan.FromHours(1))).ThenThrows<InvalidOperationException>("Nothing to remind of");
    }

    [Fact]
    public async Task Events_given_after_a_turn_are_recovered_with_those_before()
    {
        await using var account = ProcessTest.Persistent(() => new Account());
        (await account.WhenAsync(new Deposit(1))).ThenReply(1m);

        await account.GivenAsync(new Deposited(10), new Deposited(100));

        (await account.WhenAsync(new Deposit(1000))).ThenReply(1111m);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_restarted_process_goes_on_where_it_was(bool crash)
    {
        await using var account = ProcessTest.Persistent(() => new Account());
        (await account.WhenAsync(new Deposit(1))).ThenReply(1m);

        await account.RestartAsync(crash);

        (await account.WhenAsync(new Deposit(2))).ThenReply(3m).ThenEvents(new Deposited(2));
    }

    [Fact]
    public async Task What_is_wrong_is_told_with_what_was_expected_what_came_and_when()
    {
        await using var account = ProcessTest.Persistent(() => new Account());
        await account.GivenAsync(new Deposited(100));
        var turn = await account.WhenAsync(new Withdraw(30));

        Told(() => turn.ThenEvents(), "expected 0", "+ came 1", "+ 1. Withdrawn {\"Amount\":30", "when Withdraw {\"Amount\":30}", "process/1");
        Told(() => turn.ThenEvents(new Withdrawn(30, Start), new Deposited(1)), "    1. Withdrawn", "- 2. Deposited {\"Amount\":1}");
        Told(() => turn.ThenSends(), "Other sends", "+ 1. to bank/main: Withdraw");
        Told(() => turn.ThenReply(71m), "Another reply", "- Decimal 71", "+ Decimal 70");
        Told(() => turn.ThenState(new Balance { Amount = 7 }), "Another state", "- Balance {\"Amount\":7", "+ Balance {\"Amount\":70");
        Told(() => turn.ThenState(s => s.Amount < 0), "s => s.Amount < 0", "+ Balance {\"Amount\":70");
        Told(() => turn.ThenThrows<InvalidOperationException>(), "No exception", "- InvalidOperationException", "1 events");
        Told(() => turn.ThenNothing(), "Other events");
    }

    [Fact]
    public async Task An_exception_that_nobody_expects_fails_the_test()
    {
        await using var account = ProcessTest.Persistent(() => new Account());

        var turn = await account.WhenAsync(new Withdraw(30));
        Told(() => turn.ThenEvents(), "An exception that is not expected", "There are only 0");

        turn = await account.WhenAsync(new Withdraw(30));
        Told(() => turn.ThenThrows<ArgumentException>(), "Another exception", "- ArgumentException", "+ InvalidOperationException: There are only 0.");
    }

    [Fact]
    public async Task An_exception_that_nobody_looks_at_fails_the_next_step_or_the_end()
    {
        var account = ProcessTest.Persistent(() => new Account());
        await account.WhenAsync(new Withdraw(30));
        await Assert.ThrowsAsync<ProcessAssertionException>(() => account.WhenAsync(new Deposit(1)));
        await account.WhenAsync(new Withdraw(30));
        await Assert.ThrowsAsync<ProcessAssertionException>(() => account.DisposeAsync().AsTask());
    }

    private static void Told(Action assertion, params string[] parts)
    {
        var message = Assert.Throws<ProcessAssertionException>(assertion).Message;
        Assert.All(parts, part => Assert.Contains(part, message, StringComparison.Ordinal));
    }
}
