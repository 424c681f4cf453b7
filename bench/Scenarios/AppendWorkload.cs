using System.Diagnostics;
using System.Globalization;
using Orleans.Persist.Bench.Measuring;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Bench.Scenarios;

/// <summary>1,000 streams, events of 200 bytes, every append awaited until it is flushed.</summary>
internal static class AppendWorkload
{
    public const int Streams = 1_000;
    public const int PayloadBytes = 200;
    private static readonly string[] Names = [.. Enumerable.Range(0, Streams).Select(i => string.Create(CultureInfo.InvariantCulture, $"stream-{i:D4}"))];
    private static readonly byte[] Payload = [.. Enumerable.Range(0, PayloadBytes).Select(i => (byte)(i * 31))];
    private static int _workers;

    /// <summary>Appends events and returns the seconds it took.</summary>
    /// <param name="journal">The journal.</param>
    /// <param name="events">How many.</param>
    /// <param name="inFlight">How many of them are in flight at any time.</param>
    /// <param name="latencies">Where the time of each append is counted.</param>
    /// <param name="withIds">Whether each event has an id of its own, and so is compared with the newest of its stream; else its identity is its version, as for the events of a process.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public static async Task<double> AppendAsync(
        IJournal journal, long events, int inFlight, LatencyHistogram? latencies, bool withIds, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, inFlight).Select(worker => Task.Run(() => WorkAsync(worker), cancellationToken)));
        return Stopwatch.GetElapsedTime(start).TotalSeconds;

        async Task WorkAsync(int worker)
        {
            var batch = new[] { new EventData { Type = "OrderPlaced", Data = Payload } };
            var ids = $"{Interlocked.Increment(ref _workers):x}-";
            var share = (events / inFlight) + (worker < events % inFlight ? 1 : 0);
            for (var (i, n) = (worker, 0L); n < share; i += inFlight, n++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (withIds)
                    batch[0] = batch[0] with { Id = string.Create(CultureInfo.InvariantCulture, $"{ids}{n:x}") };
                var sent = Stopwatch.GetTimestamp();
                await journal.AppendAsync(Names[i % Streams], ExpectedVersion.Any, batch, producer: null, CancellationToken.None);
                latencies?.Add((long)Stopwatch.GetElapsedTime(sent).TotalNanoseconds);
            }
        }
    }
}
