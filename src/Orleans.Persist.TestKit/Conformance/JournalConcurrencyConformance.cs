using Orleans.Persist.Journal;
using Xunit;

namespace Orleans.Persist.TestKit.Conformance;

/// <summary>Many writers at once, on one stream and on many.</summary>
/// <typeparam name="TFixture">The plug-in under test.</typeparam>
public abstract class JournalConcurrencyConformance<TFixture> : StorageConformance<TFixture>
    where TFixture : StorageFixture, new()
{
    [Fact]
    public async Task Of_many_writers_that_expect_one_version_one_gets_it()
    {
        for (var round = 0; round < 20; round++)
        {
            var version = round;
            var winners = await Task.WhenAll(Enumerable.Range(0, 8).Select(w => Task.Run(async () =>
            {
                try
                {
                    await AppendAsync("s", ExpectedVersion.Exactly(version), Event($"{version}/{w}"));
                    return 1;
                }
                catch (VersionConflictException conflict)
                {
                    Assert.Equal(version + 1, conflict.Actual.Version);
                    return 0;
                }
            }))).WaitAsync(Limit);
            Assert.Equal(1, winners.Sum());
        }

        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{i}"), (await ReadAsync("s")).Select(e => Text(e).Split('/')[0]));
    }

    [Fact]
    public async Task Optimistic_writers_that_refresh_and_retry_all_get_through()
    {
        const int Writers = 8, Each = 20;
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(w => Task.Run(async () =>
        {
            for (var i = 0; i < Each;)
            {
                var head = await Journal.GetHeadAsync("s", Limit);
                try
                {
                    await AppendAsync("s", ExpectedVersion.Exactly(head.Version, head.Incarnation), Event($"{w}/{i}"));
                    i++;
                }
                catch (VersionConflictException)
                {
                    Limit.ThrowIfCancellationRequested();
                }
            }
        }))).WaitAsync(Limit);
        await AssertEachWritersOrderAsync("s", Writers, Each);
    }

    [Fact]
    public async Task Many_writers_of_one_stream_each_keep_their_order()
    {
        const int Writers = 16, Each = 50;
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(w => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i += 2)
            {
                var result = await AppendAsync("s", Event($"{w}/{i}"), Event($"{w}/{i + 1}"));
                Assert.Equal(1, result.LastVersion - result.FirstVersion);
            }
        }))).WaitAsync(Limit);
        await AssertEachWritersOrderAsync("s", Writers, Each);
        var texts = (await ReadAsync("s")).Select(e => Text(e).Split('/')[0]).ToArray();
        for (var i = 0; i < texts.Length; i += 2)
            Assert.Equal(texts[i], texts[i + 1]); // pairs stay together
    }

    [Fact]
    public async Task Many_streams_do_not_mix()
    {
        const int Streams = 200, Each = 10;
        await Task.WhenAll(Enumerable.Range(0, Streams).Select(s => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++)
                Assert.Equal(i + 1, (await AppendAsync($"s{s}", ExpectedVersion.Exactly(i), Event($"{s}/{i}"))).LastVersion);
        }))).WaitAsync(Limit);
        for (var s = 0; s < Streams; s++)
            await AssertHoldsAsync($"s{s}", [.. Enumerable.Range(0, Each).Select(i => $"{s}/{i}")]);
        Assert.Equal(Streams, (await ListAsync(Journal.ListStreamsAsync("s", Limit))).Count);
    }

    [Fact]
    public async Task A_writer_reads_what_it_has_written()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(w => Task.Run(async () =>
        {
            for (var i = 0; i < 30; i++)
            {
                var result = await AppendAsync("s", Event($"{w}/{i}"));
                Assert.InRange((await Journal.GetHeadAsync("s", Limit)).Version, result.LastVersion, long.MaxValue);
                var read = await ReadAsync("s", new ReadRequest { From = result.LastVersion, To = result.LastVersion });
                Assert.Equal($"{w}/{i}", Text(Assert.Single(read)));
            }
        }))).WaitAsync(Limit);
    }

    private async Task AssertEachWritersOrderAsync(string stream, int writers, int each)
    {
        var events = await ReadAsync(stream);
        Assert.Equal(Enumerable.Range(1, writers * each).Select(v => (long)v), events.Select(e => e.Version));
        foreach (var writer in events.Select(e => Text(e).Split('/')).GroupBy(t => t[0]))
            Assert.Equal(Enumerable.Range(0, each).Select(i => $"{i}"), writer.Select(t => t[1]));
    }
}
