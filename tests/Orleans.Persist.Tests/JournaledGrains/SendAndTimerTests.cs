using Orleans.Persist.Tests.Grains;
using Orleans.Persist.Tests.LogConsistency;
using Orleans.Persist.Tests.Support;

namespace Orleans.Persist.Tests.JournaledGrains;

/// <summary>Sends, timers and reminders are messages (requirements m.1, m.5).</summary>
[Collection(LogCollection.Name)]
public sealed class SendAndTimerTests(LogClusters clusters) : LedgerTests(clusters)
{
    [Fact]
    [Trait("Requirement", "m.5")]
    [Trait("Requirement", "o.3")]
    public async Task A_send_is_stored_with_its_call_not_repeated_by_a_rebuild_and_takes_effect_once_although_answers_get_lost()
    {
        var (from, to) = (Ledger(), Ledger());
        Clusters.Storage.Fail(StreamOf(to), Failure.LosesAnswer);

        await from.Transfer(to, 20).WaitAsync(Patience);
        await StoredAsync(to, 1);
        await Reactivated(from);
        await from.Transfer(to, 5).WaitAsync(Patience);
        await StoredAsync(to, 2);

        Assert.Equal((25, 2L), Sum(await to.Report().WaitAsync(Patience)));
        Assert.Equal((25, 2L), Sum(await Reactivated(to)));
        Assert.Equal((-25, 2L), Sum(await from.Report().WaitAsync(Patience)));
    }

    [Fact]
    [Trait("Requirement", "m.5")]
    [Trait("Requirement", "o.3")]
    public async Task Journaled_and_persistent_grains_send_each_other()
    {
        var (ledger, wallet) = (Ledger(), Clusters.Cluster.Client.GetGrain<IWalletGrain>(Guid.NewGuid().ToString("N"), typeof(WalletGrain).FullName));

        await ledger.Transfer(wallet, 20).WaitAsync(Patience);

        await StoredAsync(wallet, 1);
        Assert.Equal(20, (await wallet.Report().WaitAsync(Patience)).Balance);
    }

    [Fact]
    [Trait("Requirement", "m.5")]
    [Trait("Requirement", "o.3")]
    public async Task What_was_not_acknowledged_goes_again_from_the_next_activation_without_a_call()
    {
        var (from, to) = (Ledger(), Ledger());
        Clusters.Storage.Fail(StreamOf(to), Failure.Down);
        await from.Transfer(to, 20).WaitAsync(Patience);
        Assert.Equal(1, (await from.Report().WaitAsync(Patience)).Unacknowledged);
        await Clusters.Cluster.DeactivateAsync(from).WaitAsync(Patience);

        Clusters.Storage.Heal(StreamOf(to));

        await StoredAsync(to, 1);
        Assert.Equal((20, 1L), Sum(await to.Report().WaitAsync(Patience)));
    }

    [Fact]
    [Trait("Requirement", "m.9")]
    [Trait("Requirement", "o.3")]
    public async Task A_message_that_its_receiver_keeps_refusing_is_set_aside_and_the_next_one_goes()
    {
        var (from, to) = (Ledger(), Ledger());

        await from.Transfer(to, 13).WaitAsync(Patience);
        await from.Transfer(to, 2).WaitAsync(Patience);

        await StoredAsync(to, 1);
        Assert.Equal((2, 1L), Sum(await to.Report().WaitAsync(Patience)));
        Assert.Equal(1, (await Clusters.Storage.GetHeadAsync("$dead/" + StreamOf(to))).Version);
    }

    [Fact]
    [Trait("Requirement", "m.1")]
    [Trait("Requirement", "m.3")]
    [Trait("Requirement", "o.3")]
    public async Task Timers_are_messages_stored_as_any_other()
    {
        var ledger = Ledger();
        await ledger.StartTimer("often", TimeSpan.Zero, TimeSpan.FromMilliseconds(1)).WaitAsync(Patience);
        await StoredAsync(ledger, 4);
        await ledger.StopTimer("often").WaitAsync(Patience);
        var before = await ledger.Report().WaitAsync(Patience);

        Same(before, await Reactivated(ledger));
        var stored = (await Stored(ledger)).Where(message => message.Type == "ledger.ticked").ToList();
        Assert.True(stored.Count >= 3);
        Assert.Equal(stored.Select(message => $"often {message.Time:O}"), before.State.Ticks);
    }

    [Fact]
    [Trait("Requirement", "m.1")]
    [Trait("Requirement", "m.9")]
    [Trait("Requirement", "o.3")]
    public async Task A_timer_whose_handler_throws_stays_due_and_the_next_activation_has_it()
    {
        var ledger = Ledger();
        LedgerGrain.Stuck[ledger.GetPrimaryKeyString()] = true;
        await ledger.StartTimer("stuck", TimeSpan.Zero, TimeSpan.Zero).WaitAsync(Patience);
        await Clusters.Cluster.DeactivateAsync(ledger).WaitAsync(Patience);

        LedgerGrain.Stuck.TryRemove(ledger.GetPrimaryKeyString(), out _);

        await StoredAsync(ledger, 2);
        Assert.StartsWith("stuck ", Assert.Single((await ledger.Report().WaitAsync(Patience)).State.Ticks), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "m.1")]
    [Trait("Requirement", "o.3")]
    public async Task Reminders_are_messages_and_a_rebuild_does_not_register_them_again()
    {
        var ledger = Ledger();
        await ledger.Remind("soon").WaitAsync(Patience);
        await Clusters.Storage.WaitForAppendAsync(StreamOf(ledger), 1, 1).AsTask().WaitAsync(3 * Patience); // a tick that is missed comes with the next period, a minute later
        var before = await ledger.Report().WaitAsync(Patience);

        Same(before, await Reactivated(ledger));
        var stored = await Stored(ledger);
        Assert.Matches(@"^Orleans\.IRemindable/(ReceiveReminder\(.*|[0-9A-F]{8})$", stored[1].Type); // a build of Orleans may give the method a number for a name
        Assert.Equal([$"soon {stored[1].Time:O}"], before.State.Ticks);
    }
}
