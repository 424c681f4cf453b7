using Orleans.Persist.Journal;
using Orleans.Persist.Memory;
using Orleans.Persist.Processes;

namespace Orleans.Persist.Core.Tests.Processes;

public sealed class WakeListTests
{
    [Fact]
    public async Task The_list_does_not_grow_with_the_life_of_the_host_and_forgets_nobody()
    {
        await using var journal = new MemoryJournal();
        var list = new WakeList(journal, CancellationToken.None);
        await list.AddAsync("test/stays", CancellationToken.None);
        for (var i = 0; i < 20_000; i++)
        {
            await list.AddAsync($"test/{i % 7}", CancellationToken.None);
            Assert.True(await list.TryRemoveAsync($"test/{i % 7}", CancellationToken.None));
            if (i % 500 == 0)
                await list.Shortening.WaitAsync(TimeSpan.FromSeconds(60));
        }

        await list.Shortening.WaitAsync(TimeSpan.FromSeconds(60));

        var head = await journal.GetHeadAsync(WakeList.Stream);
        Assert.InRange(head.Version - head.FirstVersion, 0, 5_000);
        Assert.Contains("test/stays", await new WakeList(journal, CancellationToken.None).LoadAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_list_that_cannot_be_shortened_now_is_shortened_later()
    {
        await using var memory = new MemoryJournal();
        var journal = new Support.FaultyJournal(memory) { BeforeTruncate = _ => throw new JournalUnavailableException("not now") };
        var list = new WakeList(journal, CancellationToken.None);
        await UseAsync(1_200);
        Assert.Equal(1, (await memory.GetHeadAsync(WakeList.Stream)).FirstVersion);
        journal.BeforeTruncate = null;

        await UseAsync(2_400);

        Assert.InRange((await memory.GetHeadAsync(WakeList.Stream)).FirstVersion, 1_000, long.MaxValue);

        async Task UseAsync(int times)
        {
            for (var i = 0; i < times; i++)
                await list.AddAsync("test/a", CancellationToken.None);
            await list.Shortening.WaitAsync(TimeSpan.FromSeconds(60));
        }
    }
}
