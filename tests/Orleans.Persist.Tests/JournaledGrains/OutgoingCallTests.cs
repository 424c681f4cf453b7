using Orleans.Persist.Tests.LogConsistency;

namespace Orleans.Persist.Tests.JournaledGrains;

/// <summary>Calls that a journaled grain makes: their replies are stored, and given again in a rebuild (requirements m.5, m.9).</summary>
[Collection(LogCollection.Name)]
public sealed class OutgoingCallTests(LogClusters clusters) : LedgerTests(clusters)
{
    [Fact]
    [Trait("Requirement", "m.2")]
    [Trait("Requirement", "m.5")]
    [Trait("Requirement", "o.3")]
    public async Task A_rebuild_gives_the_replies_again_and_calls_nobody()
    {
        var (ledger, oracle) = (Ledger(), Oracle());
        Assert.Equal("when, 1", await ledger.Ask(oracle, "when").WaitAsync(Patience));
        Assert.Equal("where, 2", await ledger.Ask(oracle, "where").WaitAsync(Patience));
        var before = await ledger.Report().WaitAsync(Patience);

        var after = await Reactivated(ledger);

        Same(before, after);
        Assert.True(await ledger.IsReplayable().WaitAsync(Patience));
        Assert.Equal(2, await oracle.Calls().WaitAsync(Patience));
        Assert.Equal("why, 3", await ledger.Ask(oracle, "why").WaitAsync(Patience));
    }

    [Fact]
    [Trait("Requirement", "m.2")]
    [Trait("Requirement", "o.3")]
    public async Task An_error_is_a_reply_too()
    {
        var (ledger, oracle) = (Ledger(), Oracle());
        Assert.Equal("That is not for you to know.", await ledger.AskInVain(oracle).WaitAsync(Patience));
        var before = await ledger.Report().WaitAsync(Patience);

        Same(before, await Reactivated(ledger));
        Assert.Equal(1, await oracle.Calls().WaitAsync(Patience));
    }

    [Fact]
    [Trait("Requirement", "m.2")]
    [Trait("Requirement", "m.9")]
    [Trait("Requirement", "o.3")]
    public async Task Replies_to_calls_made_at_one_time_come_in_the_same_order_again()
    {
        var (ledger, oracles) = (Ledger(), Enumerable.Range(0, 5).Select(_ => Oracle()).ToArray());
        for (var i = 0; i < 10; i++)
            await ledger.AskAll(oracles).WaitAsync(Patience);
        var before = await ledger.Report().WaitAsync(Patience);
        Assert.Equal(50, before.State.Answers.Count);

        Same(before, await Reactivated(ledger));
        Assert.True(await ledger.IsReplayable().WaitAsync(Patience));
        Assert.Equal(20, await oracles[0].Calls().WaitAsync(Patience));
    }

    [Fact]
    [Trait("Requirement", "m.5")]
    [Trait("Requirement", "m.9")]
    [Trait("Requirement", "o.3")]
    public async Task A_one_way_call_goes_out_once_the_call_is_stored_not_if_that_throws_and_not_in_a_rebuild()
    {
        var (ledger, oracle) = (Ledger(), Oracle());
        await Assert.ThrowsAsync<InvalidOperationException>(() => ledger.Tell(oracle, "lost", thenThrow: true).WaitAsync(Patience));
        await ledger.Tell(oracle, "first", thenThrow: false).WaitAsync(Patience);
        await oracle.Heard(1).WaitAsync(Patience);
        await Reactivated(ledger);

        await ledger.Tell(oracle, "second", thenThrow: false).WaitAsync(Patience);

        Assert.Equal(["first", "second"], await oracle.Heard(2).WaitAsync(Patience));
    }
}
