using System.Globalization;
using Orleans.Persist.Embedded;
using Orleans.Persist.Processes;

namespace Orleans.Persist.Bench.Scenarios;

/// <summary>The talk's log: 1,000 actors with 4,500 to 5,500 messages each, written by the actors themselves.</summary>
internal static class RebuildLog
{
    public const int Actors = 1_000;
    private const int AtOnce = 1_000;

    /// <summary>How many messages an actor has.</summary>
    public static int MessagesOf(int actor, double scale) => (int)((4_500 + (actor * 1_001L / Actors)) * scale);

    public static string Key(int actor) => actor.ToString("D4", CultureInfo.InvariantCulture);

    public static Tick Tick(int actor, int number) => new(actor % 50, 1 + (number % 7), 10_000 + ((number * 7_919L) + (actor * 104_729L)) % 500);

    /// <summary>Fills a directory, every message awaited until durable, and leaves it as a crash would.</summary>
    /// <returns>How many messages, and the bytes of the log.</returns>
    public static async Task<(long Messages, long Bytes)> FillAsync(string path, double scale, SnapshotPolicy snapshots, CancellationToken cancellationToken)
    {
        await using var storage = await EmbeddedStorage.OpenAsync(path, cancellationToken: cancellationToken);
        await using var host = new ProcessHost(storage, [Strategy.Definition(snapshots)]);
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(worker => Task.Run(() => FeedAsync(worker), cancellationToken)));
        await host.AbortAsync();
        return (Enumerable.Range(0, Actors).Sum(actor => (long)MessagesOf(actor, scale)), storage.EmbeddedJournal.Bytes);

        async Task FeedAsync(int actor)
        {
            var process = host.Get(Strategy.Kind, Key(actor));
            for (var i = 0; i < MessagesOf(actor, scale); i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await process.CallAsync(Tick(actor, i), CancellationToken.None);
            }
        }
    }
}
