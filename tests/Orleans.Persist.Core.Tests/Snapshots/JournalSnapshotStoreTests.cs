using Orleans.Persist.Core.Tests.Support;
using Orleans.Persist.Memory;
using Orleans.Persist.Snapshots;

namespace Orleans.Persist.Core.Tests.Snapshots;

public sealed class JournalSnapshotStoreTests
{
    [Fact]
    public async Task A_read_that_many_saves_overtake_gives_the_newest_and_not_nothing()
    {
        await using var memory = new MemoryJournal();
        var journal = new FaultyJournal(memory);
        var store = new JournalSnapshotStore(journal, keep: 2);
        await store.SaveAsync("o", Snapshot(1));
        var other = new JournalSnapshotStore(memory, keep: 2);
        journal.BeforeRead = _ =>
        {
            journal.BeforeRead = null;
            for (var version = 2; version <= 5; version++)
                Assert.True(other.SaveAsync("o", Snapshot(version)).AsTask().IsCompletedSuccessfully);
        };

        Assert.Equal([5, 4], await store.ReadAsync("o").Select(r => r.Snapshot!.Version).ToListAsync());
    }

    private static Snapshot Snapshot(long version) => new() { Incarnation = 1, Version = version, Time = DateTimeOffset.UnixEpoch, Type = "state", Data = new byte[] { 1 } };
}
