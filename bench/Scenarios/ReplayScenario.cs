using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orleans.Persist.Bench.Measuring;
using Orleans.Persist.Embedded;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Bench.Scenarios;

/// <summary>Replay of a log of 1 GB from the journal to a sink, in a cold process, against a bare loop over the same files.</summary>
internal sealed class ReplayScenario : IScenario
{
    /// <summary>The source whose stream is the log.</summary>
    public const string Source = "orders";
    private const long LogBytes = 1_000_000_000;
    private const int Writers = 500;

    public string Name => "replay";

    public string Description => "Journal to sink over a log of 1 GB, one event a commit, undecoded and decoded, each against a bare loop that reads the same files.";

    public async Task<JsonObject> RunAsync(double scale, Action<string> log, CancellationToken cancellationToken)
    {
        using var scratch = new Scratch();
        var path = scratch["log"];
        log("filling the log");
        var (events, bytes) = await FillAsync(path, (long)(LogBytes * scale), cancellationToken);
        var plain = await ChildAsync(path, decode: false, events, cancellationToken);
        var decoded = await ChildAsync(path, decode: true, events, cancellationToken);
        return new JsonObject
        {
            ["scenario"] = Name,
            ["events"] = events,
            ["log_bytes"] = bytes,
            ["events_per_s"] = plain["events_per_s"]!.DeepClone(),
            ["ratio_to_scan"] = plain["ratio"]!.DeepClone(),
            ["decoded_events_per_s"] = decoded["events_per_s"]!.DeepClone(),
            ["ratio_to_decode"] = decoded["ratio"]!.DeepClone(),
            ["peak_anonymous_mb"] = plain["peak_anonymous_mb"]?.DeepClone(),
            ["decoded_peak_anonymous_mb"] = decoded["peak_anonymous_mb"]?.DeepClone(),
        };
    }

    private static async Task<(long Events, long Bytes)> FillAsync(string path, long bytes, CancellationToken cancellationToken)
    {
        await using var storage = await EmbeddedStorage.OpenAsync(path, cancellationToken: cancellationToken);
        var number = 0L;
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(WriteAsync, cancellationToken)));
        return (storage.EmbeddedJournal.Position, storage.EmbeddedJournal.Bytes);

        async Task WriteAsync()
        {
            var batch = new EventData[1];
            while (storage.EmbeddedJournal.Bytes < bytes)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var n = Interlocked.Increment(ref number);
                batch[0] = new EventData
                {
                    Type = "OrderPlaced",
                    Id = n.ToString("x12", CultureInfo.InvariantCulture),
                    Subject = string.Create(CultureInfo.InvariantCulture, $"customer-{n % 5000}"),
                    Data = JsonSerializer.SerializeToUtf8Bytes(Order(n), ReplayOrderJson.Default.ReplayOrder),
                };
                await storage.Journal.AppendAsync(Source, ExpectedVersion.Any, batch, producer: null, CancellationToken.None);
            }
        }
    }

    private static ReplayOrder Order(long n) => new(
        n,
        string.Create(CultureInfo.InvariantCulture, $"customer-{n % 5000}"),
        string.Create(CultureInfo.InvariantCulture, $"product-{n % 300}"),
        (int)(n % 17),
        n % 1000 / 100m,
        DateTimeOffset.UnixEpoch.AddSeconds(n),
        "to be delivered on the next working day");

    private static async Task<JsonObject> ChildAsync(string path, bool decode, long events, CancellationToken cancellationToken)
    {
        using var child = Child.Start("replay-child", path, $"{decode}", events.ToString(CultureInfo.InvariantCulture));
        var output = await child.StandardOutput.ReadToEndAsync(cancellationToken);
        await child.WaitForExitAsync(cancellationToken);
        return child.ExitCode == 0
            ? JsonNode.Parse(output)!.AsObject()
            : throw new InvalidOperationException($"The replaying process ended with exit code {child.ExitCode}.");
    }
}
