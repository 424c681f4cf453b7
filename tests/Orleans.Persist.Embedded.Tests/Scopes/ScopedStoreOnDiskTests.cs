using System.Collections.Concurrent;
using System.Text;
using Orleans.Persist.Journal;
using Orleans.Persist.Scopes;
using Orleans.Persist.TestKit;
using Orleans.Persist.TestKit.Faults;
using static Orleans.Persist.Embedded.Tests.Logs;

namespace Orleans.Persist.Embedded.Tests.Scopes;

public sealed class ScopedStoreOnDiskTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    [Trait("Requirement", "t.3")]
    [Trait("Requirement", "t.4")]
    public async Task Values_expiry_and_the_memory_of_it_are_there_again_after_a_kill()
    {
        var disk = new FaultyDisk(1);
        var (lives, dies) = (Scope.Global.Key("lives"), Scope.Bridge("b").Key("dies"));
        var storage = await OpenAsync(disk);
        var store = await ScopedStore.OpenAsync(storage.Journal, null, _time);
        await store.SaveAsync(lives, Encoding.UTF8.GetBytes("v"), TimeSpan.FromSeconds(1_000));
        await store.SaveAsync(dies, Encoding.UTF8.GetBytes("v"), TimeSpan.FromSeconds(10));
        Assert.Equal((LoadOutcome.Found, LoadOutcome.Found), await AfterKillAsync(0));
        Assert.Equal((LoadOutcome.Found, LoadOutcome.Expired), await AfterKillAsync(10));
        Assert.Equal((LoadOutcome.Found, LoadOutcome.Expired), await AfterKillAsync(29));
        Assert.Equal((LoadOutcome.Found, LoadOutcome.Missing), await AfterKillAsync(1));
        await store.DisposeAsync();
        await storage.DisposeAsync();

        async Task<(LoadOutcome, LoadOutcome)> AfterKillAsync(int seconds)
        {
            await using var killed = await OpenAsync(disk.Kill());
            _time.Advance(TimeSpan.FromSeconds(seconds));
            await using var again = await ScopedStore.OpenAsync(killed.Journal, null, _time);
            return ((await again.TryLoadAsync(lives)).Outcome, (await again.TryLoadAsync(dies)).Outcome);
        }
    }

    [Theory]
    [Trait("Requirement", "t.1")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task A_loss_of_power_loses_no_save_and_no_delete_that_was_acknowledged(int seed)
    {
        var disk = new FaultyDisk(seed);
        var storage = await OpenAsync(disk);
        var store = await ScopedStore.OpenAsync(storage.Journal, new ScopedStoreOptions { CompactInterval = TimeSpan.FromSeconds(1) }, _time);
        disk.CutPowerAfter(400 + (seed * 37));
        var acknowledged = new ConcurrentDictionary<int, (int Done, int Begun)>();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(key => Task.Run(async () =>
        {
            for (var number = 1; number < 10_000; number++)
            {
                acknowledged[key] = (number - 1, number);
                try
                {
                    await (number % 5 == 0 ? store.DeleteAsync(Key(key)) : store.SaveAsync(Key(key), BitConverter.GetBytes(number), TimeSpan.FromDays(1)));
                }
                catch (JournalException)
                {
                    return;
                }

                acknowledged[key] = (number, number);
                if (key == 0)
                    _time.Advance(TimeSpan.FromSeconds(1)); // compactions in between
            }
        }))).WaitAsync(Limit);
        await using var again = await OpenAsync(disk.PowerLoss(seed));
        await using var recovered = await ScopedStore.OpenAsync(again.Journal, null, _time);
        Assert.True(acknowledged.Values.Sum(state => state.Done) > 50);
        foreach (var (key, (done, begun)) in acknowledged)
        {
            var result = await recovered.TryLoadAsync(Key(key));
            var number = result.Outcome is LoadOutcome.Found ? BitConverter.ToInt32(result.Value.Span) : 0;
            Assert.Contains(number, new[] { done, begun }.Select(n => n % 5 == 0 ? 0 : n));
        }

        await store.DisposeAsync();
        await storage.DisposeAsync();

        static ScopedLocation Key(int key) => Scope.Instance("b", $"{key}").Key("k");
    }

    [Fact]
    [Trait("Requirement", "t.8")]
    public async Task Expired_values_leave_the_disk_without_a_call()
    {
        var disk = new FaultyDisk(1);
        await using var storage = await OpenAsync(disk);
        await using var store = await ScopedStore.OpenAsync(storage.Journal, new ScopedStoreOptions { CompactInterval = TimeSpan.FromSeconds(5) }, _time);
        for (var i = 0; i < 2_000; i++)
            await store.SaveAsync(Scope.Global.Key($"{i}"), new byte[1_000], TimeSpan.FromSeconds(i < 20 ? 10_000 : 10));
        var full = storage.EmbeddedJournal.Bytes;
        _time.Advance(TimeSpan.FromSeconds(50));
        using var limit = new CancellationTokenSource(Limit);
        while (store.Logs.Sum(log => log.Bytes) > 100_000 || storage.EmbeddedJournal.Bytes > full / 2) // the journal compacts in the background
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        Assert.Equal(20, store.Count);
    }

    private Task<EmbeddedStorage> OpenAsync(FaultyDisk disk) =>
        EmbeddedStorage.OpenAsync(new FaultyDirectory(disk), new EmbeddedOptions { SegmentBytes = 64 << 10 }, _time);
}
