using Microsoft.Extensions.DependencyInjection;
using Orleans.Persist.Grains;
using Orleans.Persist.Journal;
using Orleans.Persist.Tests.LogConsistency;
using Orleans.Persist.Tests.Support;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Streams;

namespace Orleans.Persist.Tests.Grains;

[Collection(LogCollection.Name)]
public sealed class PersistentGrainTests(LogClusters clusters)
{
    private static readonly TimeSpan Patience = LogClusters.Patience;

    [Fact]
    [Trait("Requirement", "o.3")]
    public async Task Persist_CompletesOnceTheEventIsDurableAndApplied()
    {
        var wallet = Wallet();

        Assert.Equal(1, await wallet.Deposit(5).WaitAsync(Patience));
        Assert.Equal(2, await wallet.Deposit(7).WaitAsync(Patience));

        Assert.Equal((12, 2L), Balance(await wallet.Report().WaitAsync(Patience)));
        Assert.Equal([1, 1], clusters.Storage.AppendsTo(StreamOf(wallet)));
    }

    [Fact]
    [Trait("Requirement", "o.3")]
    public async Task What_a_call_persists_without_waiting_is_one_append_and_durable_before_the_call_is_answered()
    {
        var wallet = Wallet();

        Assert.Equal(0, await wallet.DepositUnawaited(3, 4).WaitAsync(Patience));

        Assert.Equal([2], clusters.Storage.AppendsTo(StreamOf(wallet)));
        Assert.Equal((7, 2L), Balance(await wallet.Report().WaitAsync(Patience)));
    }

    [Fact]
    [Trait("Requirement", "o.3")]
    public async Task PersistAll_WithNestedPersists_StoresTheBatchFirstAndThenWhatItCaused()
    {
        var wallet = Wallet();

        await wallet.DepositAll([100, 2, 100]).WaitAsync(Patience);

        var report = await wallet.Report().WaitAsync(Patience);
        Assert.Equal(["1 Deposited 100", "2 Deposited 102", "3 Deposited 202", "4 Bonus 203", "5 Bonus 204"], report.Seen);
        Assert.Equal([3, 2], clusters.Storage.AppendsTo(StreamOf(wallet)));
        Assert.Equal(
            ["wallet.deposited", "wallet.deposited", "wallet.deposited", "Orleans.Persist.Tests.Grains.Bonus,Orleans.Persist.Tests", "Orleans.Persist.Tests.Grains.Bonus,Orleans.Persist.Tests"],
            (await Stored(wallet)).Select(@event => @event.Type));
    }

    [Fact]
    [Trait("Requirement", "o.3")]
    public async Task A_call_that_throws_keeps_what_it_waited_for_and_drops_the_rest()
    {
        var wallet = Wallet();

        await Assert.ThrowsAsync<InvalidOperationException>(() => wallet.DepositAndThrow(5, wait: true).WaitAsync(Patience));
        await Assert.ThrowsAsync<InvalidOperationException>(() => wallet.DepositAndThrow(7, wait: false).WaitAsync(Patience));
        await wallet.Deposit(1).WaitAsync(Patience);

        Assert.Equal((6, 2L), Balance(await wallet.Report().WaitAsync(Patience)));
    }

    [Fact]
    [Trait("Requirement", "o.3")]
    public async Task A_grain_recovers_from_its_newest_snapshot_and_the_events_after_it()
    {
        var wallet = Wallet();
        for (var i = 0; i < 25; i++)
            await wallet.Deposit(i).WaitAsync(Patience);
        var before = await wallet.Report().WaitAsync(Patience);
        await clusters.Cluster.DeactivateAsync(wallet).WaitAsync(Patience);
        var read = clusters.Storage.ReadsOf(StreamOf(wallet));

        var after = await wallet.Report().WaitAsync(Patience);

        Assert.NotEqual(before.Activation, after.Activation);
        Assert.Equal((300, 25L), Balance(after));
        Assert.Empty(after.Seen);
        Assert.Equal(5, clusters.Storage.ReadsOf(StreamOf(wallet)) - read);
    }

    [Fact]
    [Trait("Requirement", "o.3")]
    public async Task Snapshots_on_demand_allow_to_truncate_what_they_cover()
    {
        var wallet = Wallet();
        await wallet.DepositAll([1, 2, 3]).WaitAsync(Patience);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => wallet.Truncate(3).WaitAsync(Patience));

        await wallet.Snapshot().WaitAsync(Patience);
        await wallet.Truncate(3).WaitAsync(Patience);

        Assert.Equal([3L], (await Stored(wallet)).Select(@event => @event.Version));
        await clusters.Cluster.DeactivateAsync(wallet).WaitAsync(Patience);
        Assert.Equal((6, 3L), Balance(await wallet.Report().WaitAsync(Patience)));
    }

    [Fact]
    [Trait("Requirement", "o.3")]
    public async Task Where_configured_events_that_every_snapshot_covers_are_truncated()
    {
        var wallet = clusters.Cluster.Client.GetGrain<IWalletGrain>(Guid.NewGuid().ToString("N"), typeof(TruncatingWalletGrain).FullName);
        for (var i = 0; i < 60; i++)
            await wallet.Deposit(1).WaitAsync(Patience);
        await clusters.Cluster.DeactivateAsync(wallet).WaitAsync(Patience);

        Assert.Equal((60, 60L), Balance(await wallet.Report().WaitAsync(Patience)));
        Assert.True((await clusters.Storage.GetHeadAsync(StreamOf(wallet))).FirstVersion > 1);
    }

    [Fact]
    [Trait("Requirement", "o.3")]
    public async Task Events_have_their_tags_and_registered_names_and_can_be_read_by_both()
    {
        var wallet = Wallet();
        await wallet.DepositAll([1, 5_000]).WaitAsync(Patience);
        await wallet.Transfer(Wallet(), 2).WaitAsync(Patience);

        var large = new List<long>();
        await foreach (var @event in clusters.Storage.ReadAsync(StreamOf(wallet), new ReadRequest { Filter = new EventFilter { Tags = ["large"] } }))
            large.Add(@event.Version);
        Assert.Equal([2L], large);
        Assert.Equal("wallet-withdrawn", (await Stored(wallet))[2].Type);
        Assert.Equal([new Deposited(1), new Deposited(5_000), new Withdrawn(2)], (await wallet.History().WaitAsync(Patience)).Select(@event => @event.Event));
    }

    [Fact]
    [Trait("Requirement", "o.3")]
    public async Task A_subscriber_gets_history_and_then_live_events_over_a_grain_call()
    {
        var wallet = Wallet();
        await wallet.DepositAll([1, 2]).WaitAsync(Patience);
        using var limit = new CancellationTokenSource(Patience);
        var got = new List<int>();

        await foreach (var @event in wallet.Events(2).WithCancellation(limit.Token))
        {
            got.Add(((Deposited)@event.Event).Amount);
            if (got.Count == 1)
                await wallet.DepositAll([3, 4]).WaitAsync(Patience);
            if (got.Count == 3)
                break;
        }

        Assert.Equal([2, 3, 4], got);
    }

    [Fact]
    [Trait("Requirement", "o.3")]
    public async Task Events_are_forwarded_to_an_orleans_stream_in_order_and_go_on_where_the_last_activation_got_to()
    {
        var key = "forwarding" + Guid.NewGuid().ToString("N");
        var wallet = clusters.Cluster.Client.GetGrain<IWalletGrain>(key, typeof(WalletGrain).FullName);
        var stream = clusters.Cluster.Client.GetStreamProvider(WalletGrain.StreamProvider).GetStream<PersistedEvent<IWalletEvent>>(WalletGrain.StreamNamespace, key);
        var got = System.Threading.Channels.Channel.CreateUnbounded<long>();
        await stream.SubscribeAsync((@event, _) => got.Writer.WriteAsync(@event.Version).AsTask()).WaitAsync(Patience);

        await wallet.DepositAll([1, 2, 3]).WaitAsync(Patience);
        Assert.Equal([1L, 2, 3], await TakeAsync(3));
        await clusters.Cluster.DeactivateAsync(wallet).WaitAsync(Patience);
        await wallet.Deposit(4).WaitAsync(Patience);

        Assert.Contains(4L, await TakeUntilAsync(4));

        async Task<List<long>> TakeAsync(int count)
        {
            var versions = new List<long>();
            while (versions.Count < count)
                versions.Add(await got.Reader.ReadAsync().AsTask().WaitAsync(Patience));
            return versions;
        }

        async Task<List<long>> TakeUntilAsync(long version)
        {
            var versions = new List<long>();
            do
                versions.Add(await got.Reader.ReadAsync().AsTask().WaitAsync(Patience));
            while (versions[^1] < version);
            return versions;
        }
    }

    [Fact]
    [Trait("Requirement", "o.3")]
    public async Task Time_random_numbers_and_guids_are_those_of_the_turn()
    {
        var (wallet, other) = (Wallet(), Wallet());

        var (first, second, others) = (await wallet.Draw().WaitAsync(Patience), await wallet.Draw().WaitAsync(Patience), await other.Draw().WaitAsync(Patience));

        Assert.Equal(3, new[] { first.Id, second.Id, others.Id }.Distinct().Count());
        Assert.Equal(4, first.Id.Version);
        var stored = await Stored(wallet);
        Assert.Equal(first.At, stored[0].Time);
        Assert.Equal([first, second], (await wallet.History().WaitAsync(Patience)).Select(@event => @event.Event));
        Assert.True(await wallet.CheckReplay().WaitAsync(Patience));
    }

    [Fact]
    [Trait("Requirement", "o.3")]
    public async Task The_state_as_of_a_version_or_time_is_rebuilt_beside_the_grains_own()
    {
        var wallet = Wallet();
        for (var i = 1; i <= 30; i++)
            await wallet.Deposit(i).WaitAsync(Patience);
        var stored = await Stored(wallet);

        Assert.Equal(0, await wallet.BalanceAsOf(0).WaitAsync(Patience));
        Assert.Equal(6, await wallet.BalanceAsOf(3).WaitAsync(Patience));
        Assert.Equal(325, await wallet.BalanceAsOf(25).WaitAsync(Patience));
        Assert.Equal(0, await wallet.BalanceAsOf(stored[0].Recorded.AddTicks(-1)).WaitAsync(Patience));
        Assert.Equal(465, await wallet.BalanceAsOf(stored[^1].Recorded).WaitAsync(Patience));
        Assert.Equal((465, 30L), Balance(await wallet.Report().WaitAsync(Patience)));
    }

    [Fact]
    [Trait("Requirement", "o.3")]
    public async Task A_send_is_stored_with_the_turn_and_takes_effect_once_although_answers_get_lost()
    {
        var (from, to) = (Wallet(), Wallet());
        await from.Deposit(50).WaitAsync(Patience);
        clusters.Storage.Fail(StreamOf(to), Failure.LosesAnswer);

        await from.Transfer(to, 20).WaitAsync(Patience);
        await clusters.Storage.WaitForAppendAsync(StreamOf(to), 1, 0).AsTask().WaitAsync(Patience);
        await from.Transfer(to, 5).WaitAsync(Patience);
        await clusters.Storage.WaitForAppendAsync(StreamOf(to), 1, 1).AsTask().WaitAsync(Patience);

        Assert.Equal((25, 2L), Balance(await to.Report().WaitAsync(Patience)));
        Assert.Equal((25, 3L), Balance(await from.Report().WaitAsync(Patience)));
    }

    [Fact]
    [Trait("Requirement", "o.3")]
    public async Task A_send_that_was_not_acknowledged_goes_again_from_the_next_activation()
    {
        var (from, to) = (Wallet(), Wallet());
        await from.Deposit(50).WaitAsync(Patience);
        clusters.Storage.Fail(StreamOf(to), Failure.Down);
        await from.Transfer(to, 20).WaitAsync(Patience);
        await clusters.Cluster.DeactivateAsync(from).WaitAsync(Patience);
        Assert.Equal(1, (await from.Report().WaitAsync(Patience)).Unacknowledged);

        clusters.Storage.Heal(StreamOf(to));

        await clusters.Storage.WaitForAppendAsync(StreamOf(to), 1, 0).AsTask().WaitAsync(Patience);
        Assert.Equal((20, 1L), Balance(await to.Report().WaitAsync(Patience)));
    }

    [Fact]
    [Trait("Requirement", "o.3")]
    public async Task A_message_that_its_receiver_keeps_refusing_is_set_aside_and_the_next_one_goes()
    {
        var (from, to) = (Wallet(), Wallet());
        await from.Deposit(50).WaitAsync(Patience);

        await from.Transfer(to, 13).WaitAsync(Patience);
        await from.Transfer(to, 2).WaitAsync(Patience);

        await clusters.Storage.WaitForAppendAsync(StreamOf(to), 1, 0).AsTask().WaitAsync(Patience);
        Assert.Equal((2, 1L), Balance(await to.Report().WaitAsync(Patience)));
        Assert.Equal(1, (await clusters.Storage.GetHeadAsync("$dead/" + StreamOf(to))).Version);
    }

    [Fact]
    [Trait("Requirement", "o.5")]
    [Trait("Requirement", "o.3")]
    public async Task Persist_AfterAnotherActivationHasWritten_ThrowsAndTheNextActivationHasWhatTheOtherWrote()
    {
        var key = Guid.NewGuid().ToString("N");
        var (here, there) = (Wallet(key), clusters.OtherSide.Client.GetGrain<IWalletGrain>(key, typeof(WalletGrain).FullName));
        await here.Deposit(1).WaitAsync(Patience);
        await there.Deposit(2).WaitAsync(Patience);
        var before = (await there.Report().WaitAsync(Patience)).Activation;

        await Assert.ThrowsAsync<VersionConflictException>(() => here.Deposit(4).WaitAsync(Patience));

        await here.Deposit(8).WaitAsync(Patience);
        Assert.Equal((11, 3L), Balance(await here.Report().WaitAsync(Patience)));
        Assert.Equal(before, (await there.Report().WaitAsync(Patience)).Activation);
    }

    [Fact]
    [Trait("Requirement", "o.6")]
    [Trait("Requirement", "o.3")]
    public async Task Persist_StorageDown_ThrowsAndMemoryIsNeverAheadOfTheJournal()
    {
        var wallet = Wallet();
        await wallet.Deposit(1).WaitAsync(Patience);
        clusters.Storage.Fail(StreamOf(wallet), Failure.Down);

        await Assert.ThrowsAsync<JournalUnavailableException>(() => wallet.Deposit(2).WaitAsync(Patience));
        await Assert.ThrowsAnyAsync<Exception>(() => wallet.Report().WaitAsync(Patience));

        clusters.Storage.Heal(StreamOf(wallet));
        Assert.Equal((1, 1L), Balance(await wallet.Report().WaitAsync(Patience)));
    }

    [Fact]
    [Trait("Requirement", "o.6")]
    [Trait("Requirement", "o.3")]
    public async Task A_storage_that_never_answers_hangs_neither_a_call_nor_an_activation()
    {
        var wallet = Wallet<ImpatientWalletGrain>();
        await wallet.Deposit(1).WaitAsync(Patience);
        clusters.Storage.Fail(StreamOf(wallet), Failure.Silent);

        await Assert.ThrowsAnyAsync<JournalException>(() => wallet.Deposit(2).WaitAsync(Patience));
        var error = await Assert.ThrowsAnyAsync<Exception>(() => wallet.Report().WaitAsync(Patience));

        Assert.Contains(StreamOf(wallet), error.ToString(), StringComparison.Ordinal);
        clusters.Storage.Heal(StreamOf(wallet));
        Assert.Equal((1, 1L), Balance(await wallet.Report().WaitAsync(Patience)));
    }

    [Fact]
    [Trait("Requirement", "o.3")]
    public async Task Events_as_they_were_stored_once_are_read_as_those_of_today()
    {
        var wallet = Wallet<AdaptingWalletGrain>();
        var serializer = clusters.Cluster.Client.ServiceProvider.GetRequiredService<Serializer>();
        await clusters.Storage.AppendAsync(StreamOf(wallet), ExpectedVersion.Any, new EventData[]
        {
            new() { Type = "wallet.deposit", Data = serializer.SerializeToArray(new OldDeposit(30, 4)) },
            new() { Type = "wallet.audited", Data = new byte[] { 1, 2, 3 } },
        });

        await wallet.Deposit(1).WaitAsync(Patience);

        Assert.Equal((35, 3L), Balance(await wallet.Report().WaitAsync(Patience)));
        Assert.Equal([new Deposited(30), new Bonus(4), new Deposited(1)], (await wallet.History().WaitAsync(Patience)).Select(@event => @event.Event));
        Assert.Equal(34, await wallet.BalanceAsOf(2).WaitAsync(Patience));
    }

    [Fact]
    [Trait("Requirement", "o.3")]
    public async Task A_state_that_depends_on_more_than_its_events_is_found_out_by_the_replay_check()
    {
        var (pure, impure) = (Wallet(), Wallet<ImpureWalletGrain>());
        await pure.DepositAll([1, 2]).WaitAsync(Patience);
        await impure.DepositAll([1, 2]).WaitAsync(Patience);

        Assert.True(await pure.CheckReplay().WaitAsync(Patience));
        Assert.False(await impure.CheckReplay().WaitAsync(Patience));
    }

    [Fact]
    [Trait("Requirement", "o.3")]
    public async Task An_event_that_cannot_be_serialized_is_an_error_and_stores_nothing()
    {
        var wallet = Wallet();
        await wallet.Deposit(1).WaitAsync(Patience);

        var error = await Assert.ThrowsAnyAsync<NotSupportedException>(() => wallet.PersistUnserializable().WaitAsync(Patience));

        Assert.Contains(nameof(Secret), error.Message, StringComparison.Ordinal);
        await wallet.Deposit(2).WaitAsync(Patience);
        Assert.Equal((3, 2L), Balance(await wallet.Report().WaitAsync(Patience)));
    }

    [Fact]
    [Trait("Requirement", "o.3")]
    public async Task Clear_BeginsANewIncarnationAtVersionZero()
    {
        var wallet = Wallet();
        await wallet.DepositAll([1, 2, 3]).WaitAsync(Patience);

        await wallet.ClearAll().WaitAsync(Patience);

        Assert.Equal((0, 0L), Balance(await wallet.Report().WaitAsync(Patience)));
        await wallet.Deposit(5).WaitAsync(Patience);
        await clusters.Cluster.DeactivateAsync(wallet).WaitAsync(Patience);
        Assert.Equal((5, 1L), Balance(await wallet.Report().WaitAsync(Patience)));
    }

    private static (int, long) Balance(WalletReport report) => (report.Balance, report.Version);

    private static string StreamOf(IWalletGrain wallet) => wallet.GetGrainId().ToString();

    private IWalletGrain Wallet(string? key = null) => clusters.Cluster.Client.GetGrain<IWalletGrain>(key ?? Guid.NewGuid().ToString("N"), typeof(WalletGrain).FullName);

    private IWalletGrain Wallet<TGrain>() => clusters.Cluster.Client.GetGrain<IWalletGrain>(Guid.NewGuid().ToString("N"), typeof(TGrain).FullName);

    private async Task<List<RecordedEvent>> Stored(IWalletGrain wallet)
    {
        var events = new List<RecordedEvent>();
        await foreach (var recorded in clusters.Storage.ReadAsync(StreamOf(wallet), ReadRequest.All))
            events.Add(recorded);
        return events;
    }
}
