using System.Text;
using Orleans.Persist.AzureStorage.Tests.Support;
using Orleans.Persist.Azurite;
using Orleans.Persist.Journal;

namespace Orleans.Persist.AzureStorage.Tests;

/// <summary>Two processes that write to one stream as fast as they can.</summary>
[NeedsAzurite]
[Trait("Requirement", "o.10")]
public sealed class WriterRaceTests
{
    private readonly CancellationToken _limit = new CancellationTokenSource(TimeSpan.FromMinutes(10)).Token;

    [Fact]
    public async Task Two_writers_with_10_000_attempts_each_get_every_version_once_and_every_acknowledged_event_is_there()
    {
        // One of its own: the shared one would be busy with nothing else.
        await using var azurite = await AzuriteServer.StartAsync(cancellationToken: _limit);
        var options = SharedAzurite.Own(new AzureStorageOptions { ConnectionString = azurite.ConnectionString });
        await using var one = await AzurePersistStorage.OpenAsync(options, cancellationToken: _limit);
        await using var two = await AzurePersistStorage.OpenAsync(options, cancellationToken: _limit);
        const int Attempts = 10_000, AtOnce = 40;
        var acknowledged = new Dictionary<long, string>();
        var conflicts = 0;
        await Task.WhenAll(WriteAsync("a", one.Journal), WriteAsync("b", two.Journal));
        var events = await one.Journal.ReadAsync("s", ReadRequest.All, _limit).ToListAsync(_limit);
        Assert.Equal(Enumerable.Range(1, acknowledged.Count).Select(v => (long)v), events.Select(e => e.Version));
        Assert.All(events, e => Assert.Equal(acknowledged[e.Version], Encoding.UTF8.GetString(e.Data.Span)));
        Assert.Equal(2 * Attempts, acknowledged.Count + conflicts);
        Assert.InRange(conflicts, 1, (2 * Attempts) - 1);
        Assert.InRange(acknowledged.Values.Count(t => t[0] is 'a'), 1, acknowledged.Count - 1);

        // Half of the attempts expect a version, as an actor would, and half take whichever there is.
        async Task WriteAsync(string writer, IJournal journal)
        {
            for (var i = 0; i < Attempts; i += AtOnce)
            {
                var version = (await journal.GetHeadAsync("s", _limit)).Version;
                await Task.WhenAll(Enumerable.Range(i, AtOnce).Select(async n =>
                {
                    try
                    {
                        var expected = n % 2 == 0 ? ExpectedVersion.Exactly(version + ((n - i) / 2)) : ExpectedVersion.Any;
                        var result = await journal.AppendAsync("s", expected, new EventData { Type = "t", Data = Encoding.UTF8.GetBytes($"{writer}{n}") }, _limit);
                        lock (acknowledged)
                            Assert.True(acknowledged.TryAdd(result.LastVersion, $"{writer}{n}"), $"version {result.LastVersion} was given twice");
                    }
                    catch (VersionConflictException)
                    {
                        Interlocked.Increment(ref conflicts);
                    }
                }));
            }
        }
    }
}
