using Orleans.Persist.Journal;
using Orleans.Persist.Tests.Grains;
using Orleans.Persist.Tests.LogConsistency;
using Orleans.Persist.Tests.Support;

namespace Orleans.Persist.Tests.JournaledGrains;

/// <summary>Storing and rebuilding (requirements m.1 to m.4, m.9).</summary>
[Collection(LogCollection.Name)]
public sealed class JournaledGrainTests(LogClusters clusters) : LedgerTests(clusters)
{
    [Fact]
    [Trait("Requirement", "m.1")]
    [Trait("Requirement", "o.3")]
    public async Task Every_call_is_stored_with_method_arguments_and_arrival_time_and_queries_are_not()
    {
        var ledger = Ledger();
        var before = DateTimeOffset.UtcNow;

        Assert.Equal(5, await ledger.Add(5).WaitAsync(Patience));
        Assert.Equal(12, await ledger.Add("7").WaitAsync(Patience));
        await ledger.Report().WaitAsync(Patience);

        var stored = await Stored(ledger);
        Assert.Equal([Method("Add(System.Int32)"), Method("Add(System.String)")], stored.Select(message => message.Type));
        Assert.All(stored, message => Assert.InRange(message.Time, before, DateTimeOffset.UtcNow));
        Assert.All(stored, message => Assert.Equal("application/x-orleans", message.ContentType));
    }

    [Fact]
    [Trait("Requirement", "m.2")]
    [Trait("Requirement", "o.3")]
    public async Task An_activation_has_the_state_that_the_one_before_had()
    {
        var ledger = Ledger();
        await ledger.Add(5).WaitAsync(Patience);
        await ledger.Add("7").WaitAsync(Patience);
        await ledger.Draw().WaitAsync(Patience);
        await ledger.Keep([1, 2]).WaitAsync(Patience);
        var before = await ledger.Report().WaitAsync(Patience);

        var after = await Reactivated(ledger);

        Same(before, after);
        Assert.Equal([1, 2, 99], after.State.Kept);
        Assert.True(await ledger.IsReplayable().WaitAsync(Patience));
        Assert.Equal(5, await ledger.SumAsOf(1).WaitAsync(Patience));
    }

    [Fact]
    [Trait("Requirement", "m.3")]
    [Trait("Requirement", "m.4")]
    [Trait("Requirement", "o.3")]
    public async Task Time_random_numbers_and_guids_are_those_of_the_call_live_and_in_a_rebuild()
    {
        var (ledger, other) = (Ledger(), Ledger());
        var draws = new[] { await ledger.Draw().WaitAsync(Patience), await ledger.Draw().WaitAsync(Patience) };
        var others = await other.Draw().WaitAsync(Patience);

        Assert.Equal(3, draws.Append(others).Select(draw => draw.Id).Distinct().Count());
        Assert.Equal((await Stored(ledger)).Select(message => message.Time), draws.Select(draw => draw.At));
        Assert.Equal(draws, (await Reactivated(ledger)).State.Draws);
        Assert.True(await ledger.IsReplayable().WaitAsync(Patience));
    }

    [Fact]
    [Trait("Requirement", "m.9")]
    [Trait("Requirement", "o.3")]
    public async Task A_call_that_throws_stores_nothing_and_the_state_is_as_before()
    {
        var ledger = Ledger();
        await ledger.Add(5).WaitAsync(Patience);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => ledger.AddAndThrow(100).WaitAsync(Patience));

        Assert.Equal("thrown by the call", error.Message);
        Assert.Equal((5, 1L), Sum(await ledger.Report().WaitAsync(Patience)));
        Assert.Equal(6, await ledger.Add(1).WaitAsync(Patience));
        Assert.Equal(2, (await Stored(ledger)).Count);
    }

    [Fact]
    [Trait("Requirement", "m.9")]
    [Trait("Requirement", "o.3")]
    public async Task A_rebuild_that_draws_something_else_is_an_error_that_names_grain_and_call()
    {
        var ledger = Ledger();
        await ledger.Add(5).WaitAsync(Patience);
        await ledger.BeImpure().WaitAsync(Patience);
        LedgerGrain.Greedy[ledger.GetPrimaryKeyString()] = true;
        await Clusters.Cluster.DeactivateAsync(ledger).WaitAsync(Patience);

        var error = await Assert.ThrowsAnyAsync<Exception>(() => ledger.Report().WaitAsync(Patience));

        Assert.Contains($"Message 2 of '{StreamOf(ledger)}' (type '{Method("BeImpure()")}') does not repeat what it did", error.ToString(), StringComparison.Ordinal);
        LedgerGrain.Greedy.Clear();
        Assert.Equal(2, (await ledger.Report().WaitAsync(Patience)).Version);
    }

    [Fact]
    [Trait("Requirement", "m.9")]
    [Trait("Requirement", "o.3")]
    public async Task A_call_of_a_method_that_is_gone_is_an_error_that_names_it_and_a_renamed_one_is_told()
    {
        var ledger = Ledger();
        await ledger.Add(5).WaitAsync(Patience);
        var add = (await Stored(ledger))[0].ToEventData() with { Type = RenamedLedgerGrain.OldName, Id = null, Source = null };
        var (gone, renamed) = (Ledger(), Ledger<RenamedLedgerGrain>());
        await Clusters.Storage.AppendAsync(StreamOf(gone), ExpectedVersion.NoStream, new[] { add });
        await Clusters.Storage.AppendAsync(StreamOf(renamed), ExpectedVersion.NoStream, new[] { add });

        var error = await Assert.ThrowsAnyAsync<Exception>(() => gone.Add(1).WaitAsync(Patience));

        Assert.Contains($"Event 1 of '{StreamOf(gone)}' (type '{RenamedLedgerGrain.OldName}') cannot be applied", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(6, await renamed.Add(1).WaitAsync(Patience));
    }

    [Fact]
    [Trait("Requirement", "m.2")]
    [Trait("Requirement", "o.3")]
    public async Task A_snapshot_shortens_the_rebuild_and_what_it_covers_is_truncated()
    {
        var ledger = Ledger<SnapshottingLedgerGrain>();
        for (var i = 0; i < 60; i++)
            await ledger.Add(1).WaitAsync(Patience);
        await ledger.SaveNow().WaitAsync(Patience);
        await ledger.StartTimer("later", TimeSpan.FromHours(1), TimeSpan.Zero).WaitAsync(Patience);
        var read = Clusters.Storage.ReadsOf(StreamOf(ledger));
        await Clusters.Cluster.DeactivateAsync(ledger).WaitAsync(Patience); // its timer has it woken, which may be the one that reads

        Assert.Equal((61, 62L), Sum(await ledger.Report().WaitAsync(Patience)));

        Assert.InRange(Clusters.Storage.ReadsOf(StreamOf(ledger)) - read, 1, 20);
        Assert.True((await Clusters.Storage.GetHeadAsync(StreamOf(ledger))).FirstVersion > 1);
    }

    [Fact]
    [Trait("Requirement", "o.6")]
    [Trait("Requirement", "o.3")]
    public async Task A_call_that_cannot_be_stored_fails_and_memory_is_never_ahead_of_the_journal()
    {
        var ledger = Ledger();
        await ledger.Add(1).WaitAsync(Patience);
        Clusters.Storage.Fail(StreamOf(ledger), Failure.Down);

        await Assert.ThrowsAsync<JournalUnavailableException>(() => ledger.Add(2).WaitAsync(Patience));
        await Assert.ThrowsAnyAsync<Exception>(() => ledger.Report().WaitAsync(Patience));

        Clusters.Storage.Heal(StreamOf(ledger));
        Assert.Equal((1, 1L), Sum(await ledger.Report().WaitAsync(Patience)));
        Clusters.Storage.Fail(StreamOf(ledger), Failure.LosesAnswer);
        Assert.Equal(3, await ledger.Add(2).WaitAsync(Patience));
        Assert.Equal((3, 2L), Sum(await Reactivated(ledger)));
    }

    [Fact]
    [Trait("Requirement", "o.5")]
    [Trait("Requirement", "o.3")]
    public async Task A_call_after_another_activation_has_stored_one_fails_and_the_next_activation_has_both()
    {
        var key = Guid.NewGuid().ToString("N");
        var (here, there) = (Ledger(key), Clusters.OtherSide.Client.GetGrain<ILedgerGrain>(key, typeof(LedgerGrain).FullName));
        await here.Add(1).WaitAsync(Patience);
        await there.Add(2).WaitAsync(Patience);

        await Assert.ThrowsAsync<VersionConflictException>(() => here.Add(4).WaitAsync(Patience));

        Assert.Equal(11, await here.Add(8).WaitAsync(Patience));
    }

    [Fact]
    [Trait("Requirement", "m.9")]
    [Trait("Requirement", "o.3")]
    public async Task What_could_not_be_repeated_is_refused()
    {
        var ledger = Ledger();
        await ledger.Add(5).WaitAsync(Patience);

        Assert.Contains("something other than a grain call", (await Refused(ledger.WaitForTime())).Message, StringComparison.Ordinal);
        Assert.Contains("not handling anything that is stored", (await Refused(ledger.ChangeInQuery())).Message, StringComparison.Ordinal);
        Assert.Contains("not handling anything that is stored", (await Refused(ledger.SendInQuery(Ledger()))).Message, StringComparison.Ordinal);
        Assert.Contains("is called again", (await Refused(ledger.AskThroughMe(Oracle()))).Message, StringComparison.Ordinal);

        Assert.Equal((5, 1L), Sum(await ledger.Report().WaitAsync(Patience)));
    }

    private static async Task<InvalidOperationException> Refused(Task call) => await Assert.ThrowsAsync<InvalidOperationException>(() => call.WaitAsync(Patience));
}
