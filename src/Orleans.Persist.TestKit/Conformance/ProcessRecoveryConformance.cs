using Orleans.Persist.Processes;
using Orleans.Persist.Serialization;
using Orleans.Persist.Snapshots;
using Xunit;

namespace Orleans.Persist.TestKit.Conformance;

/// <summary>Recovery and snapshots of processes on the plug-in, and looking at past states.</summary>
/// <typeparam name="TFixture">The plug-in under test.</typeparam>
public abstract class ProcessRecoveryConformance<TFixture> : ProcessConformance<TFixture>
    where TFixture : StorageFixture, new()
{
    private static readonly KernelOptions<ConformanceLog, ConformanceEvent> EveryThree = new() { Snapshots = new SnapshotPolicy { EveryEvents = 3, OnPassivation = false } };

    [Fact]
    [Trait("Requirement", "p.9")]
    [Trait("Requirement", "p.10")]
    public async Task A_recovery_reads_the_latest_snapshot_and_the_events_after_it()
    {
        var host = await StartAsync();
        await NoteAsync(host, "a", "1", "2", "3");
        await DoAsync(host, "a", async p =>
        {
            await p.Save();
            return null;
        });
        await NoteAsync(host, "a", "4", "5");
        host = await CrashAsync(host);

        var live = await LiveAsync(host, "a");
        Assert.Equal(["1", "2", "3", "4", "5"], live.Texts);
        Assert.Equal((3L, 2), (live.Snapshot, live.Replayed));
        await host.StopAsync(Limit);
    }

    [Fact]
    [Trait("Requirement", "p.9")]
    public async Task A_snapshot_is_for_the_last_sequence_number_and_stands_in_the_snapshot_store()
    {
        await using var host = await StartAsync();
        await NoteAsync(host, "a", "1", "2");
        await DoAsync(host, "a", async p =>
        {
            _ = p.Keep("3"); // not durable yet: no part of the snapshot
            await p.Save();
            return null;
        });
        var snapshot = await NewestAsync("conformance/a");
        Assert.Equal((1, 2L), (snapshot.Incarnation, snapshot.Version));
        Assert.Equal(3, (await Journal.GetHeadAsync("conformance/a", Limit)).Version);
    }

    [Fact]
    [Trait("Requirement", "p.9")]
    public async Task The_policy_takes_snapshots_by_number_of_events_and_passivation_takes_the_last()
    {
        var host = await StartAsync(EveryThree);
        for (var i = 1; i <= 7; i++)
        {
            await NoteAsync(host, "a", $"{i}");
            while (i % 3 == 0 && (await NewestOrNullAsync("conformance/a"))?.Version != i)
                await Task.Yield();
        }

        host = await CrashAsync(host);
        Assert.Equal((6L, 1), ((await LiveAsync(host, "a")).Snapshot, (await LiveAsync(host, "a")).Replayed));
        await host.StopAsync(Limit);
        Assert.Equal(7, (await NewestAsync("conformance/a")).Version);
    }

    [Fact]
    [Trait("Requirement", "p.9")]
    [Trait("Requirement", "p.10")]
    public async Task A_snapshot_asked_for_while_a_batch_is_applied_is_that_of_the_whole_batch()
    {
        var host = await StartAsync(happened: (p, e, version) =>
        {
            if (e.Text == "2")
                _ = p.Save();
        });
        await NoteAsync(host, "a", "1", "2", "3");
        while (await NewestOrNullAsync("conformance/a") is null)
            await Task.Yield();
        Assert.Equal(3, (await NewestAsync("conformance/a")).Version);
        host = await CrashAsync(host);
        await host.RebuildAsync(ConformanceProcess.Kind, cancellationToken: Limit);
        Assert.Equal(["1", "2", "3"], (await LiveAsync(host, "a")).Texts);
        await host.StopAsync(Limit);
    }

    [Fact]
    [Trait("Requirement", "p.10")]
    public async Task A_snapshot_that_cannot_be_read_is_passed_over_for_the_one_before_and_at_last_for_all_events()
    {
        var host = await StartAsync();
        for (var i = 1; i <= Snapshots.Keep; i++)
        {
            await NoteAsync(host, "a", $"{i}");
            await DoAsync(host, "a", async p =>
            {
                await p.Save();
                return null;
            });
        }

        await host.AbortAsync();
        await ReopenAsync();
        for (var damaged = 1; damaged <= Snapshots.Keep; damaged++)
        {
            var storage = await DamagedStorage.NewestAsync(Storage, damaged, Limit);
            await using var again = new ProcessHost(storage, [ProcessDefinition.Persistent<ConformanceProcess, ConformanceLog, ConformanceEvent>(ConformanceProcess.Kind, () => new ConformanceProcess())], time: Clock);
            var live = await LiveAsync(again, "a");
            Assert.Equal(Enumerable.Range(1, Snapshots.Keep).Select(i => $"{i}"), live.Texts);
            Assert.Equal(((long)Snapshots.Keep - damaged, damaged), (live.Snapshot, live.Replayed));
            await again.AbortAsync();
        }
    }

    [Theory]
    [InlineData("another.type", 1)]
    [InlineData("log", 7)]
    [Trait("Requirement", "p.10")]
    public async Task A_snapshot_of_another_type_or_version_is_not_used(string type, int schemaVersion)
    {
        var host = await StartAsync(new() { State = new JsonStateCodec<ConformanceLog>(type, schemaVersion) });
        await NoteAsync(host, "a", "1", "2");
        await host.StopAsync(Limit);
        Assert.Equal((type, schemaVersion, 2L), (await NewestAsync("conformance/a")) is var s ? (s.Type, s.SchemaVersion, s.Version) : default);
        await ReopenAsync();

        await using var again = await StartAsync(new() { State = new JsonStateCodec<ConformanceLog>("log") });
        var live = await LiveAsync(again, "a");
        Assert.Equal(["1", "2"], live.Texts);
        Assert.Equal((0L, 2), (live.Snapshot, live.Replayed));
    }

    [Fact]
    [Trait("Requirement", "p.10")]
    public async Task An_older_snapshot_is_upgraded()
    {
        var host = await StartAsync(new() { State = new JsonStateCodec<ConformanceLog>("log") });
        await NoteAsync(host, "a", "1", "2");
        await host.StopAsync(Limit);
        await ReopenAsync();

        var codec = new JsonStateCodec<ConformanceLog>("log", 2).UpgradeFrom<ConformanceLog>(1, old => new ConformanceLog { Texts = ["upgraded", .. old.Texts] });
        await using var again = await StartAsync(new() { State = codec });
        Assert.Equal(["upgraded", "1", "2"], (await LiveAsync(again, "a")).Texts);
    }

    [Fact]
    [Trait("Requirement", "p.10")]
    public async Task A_past_state_is_that_of_a_version_or_a_time_with_snapshots_and_without()
    {
        await using var host = await StartAsync();
        var start = Clock.Now;
        for (var i = 1; i <= 6; i++)
        {
            Clock.Now = start + TimeSpan.FromMinutes(i);
            await NoteAsync(host, "a", $"{i}");
            if (i == 4)
            {
                await DoAsync(host, "a", async p =>
                {
                    await p.Save();
                    return null;
                });
            }
        }

        for (var version = 0; version <= 6; version++)
        {
            var expected = Enumerable.Range(1, version).Select(i => $"{i}").ToArray();
            var byVersion = await host.GetStateAsync<ConformanceLog>(Process("a"), new RecoveryOptions { ToVersion = version }, Limit);
            Assert.Equal((version, version >= 4 ? 4L : 0L), (byVersion.Version, byVersion.State.Snapshot));
            Assert.Equal(expected, byVersion.State.Texts);
            var byTime = await host.GetStateAsync<ConformanceLog>(Process("a"), new RecoveryOptions { ToTime = start + TimeSpan.FromMinutes(version) }, Limit);
            Assert.Equal(expected, byTime.State.Texts);
            var whole = await host.GetStateAsync<ConformanceLog>(Process("a"), new RecoveryOptions { ToVersion = version, UseSnapshots = false }, Limit);
            Assert.Equal((0L, version), (whole.State.Snapshot, whole.State.Replayed));
            Assert.Equal(expected, whole.State.Texts);
        }

        var bounded = await host.GetStateAsync<ConformanceLog>(Process("a"), new RecoveryOptions { MaxSnapshotVersion = 3 }, Limit);
        Assert.Equal((6L, 0L), (bounded.Version, bounded.State.Snapshot));
        Assert.Equal(6, (await LiveAsync(host, "a")).Texts.Count);
    }

    [Fact]
    [Trait("Requirement", "p.9")]
    public async Task Events_that_every_snapshot_covers_are_truncated_where_asked_for_and_further_back_nothing_is_kept()
    {
        var options = new KernelOptions<ConformanceLog, ConformanceEvent> { TruncateAfterSnapshot = true };
        var host = await StartAsync(options);
        for (var i = 1; i <= Snapshots.Keep + 2; i++)
        {
            await NoteAsync(host, "a", $"{i}");
            await DoAsync(host, "a", async p =>
            {
                await p.Save();
                return null;
            });
        }

        Assert.Equal(4, (await Journal.GetHeadAsync("conformance/a", Limit)).FirstVersion);
        var missing = await Assert.ThrowsAsync<HistoryTruncatedException>(
            async () => await host.GetStateAsync<ConformanceLog>(Process("a"), new RecoveryOptions { UseSnapshots = false }, Limit));
        Assert.Equal((1L, 4L), (missing.NeededVersion, missing.FirstVersion));
        host = await CrashAsync(host, () => StartAsync(options));
        Assert.Equal(Enumerable.Range(1, Snapshots.Keep + 2).Select(i => $"{i}"), (await LiveAsync(host, "a")).Texts);
        await host.StopAsync(Limit);
    }

    private async Task<Snapshot> NewestAsync(string owner) => await NewestOrNullAsync(owner) ?? throw new InvalidOperationException("There is no snapshot.");

    private async Task<Snapshot?> NewestOrNullAsync(string owner)
    {
        Limit.ThrowIfCancellationRequested();
        await foreach (var read in Snapshots.ReadAsync(owner, Limit))
            return read.Snapshot;
        return null;
    }
}
