using System.Diagnostics;
using System.Text.Json.Nodes;
using Orleans.Persist.Embedded;
using Orleans.Persist.Processes;

namespace Orleans.Persist.Bench.Scenarios;

/// <summary>A cold process that rebuilds all actors, by the engine or by the bare loop.</summary>
internal static class RebuildChild
{
    public static async Task<int> RunAsync(string path, bool bare)
    {
        var start = Stopwatch.GetTimestamp();
        var (messages, digest) = bare ? RebuildBare.Run(Path.Combine(path, "journal")) : await RebuildAsync(path);
        Console.WriteLine(new JsonObject
        {
            ["seconds"] = Stopwatch.GetElapsedTime(start).TotalSeconds,
            ["messages"] = messages,
            ["digest"] = digest,
        }.ToJsonString());
        return 0;
    }

    private static async Task<(long Messages, long Digest)> RebuildAsync(string path)
    {
        await using var storage = await EmbeddedStorage.OpenAsync(path);
        var host = new ProcessHost(storage, [Strategy.Definition(SnapshotPolicy.Never)]);
        var report = await host.RebuildAsync(Strategy.Kind);
        if (report.Failed.Count > 0)
            throw report.Failed.Values.First();
        var digest = 0L;
        for (var actor = 0; actor < RebuildLog.Actors; actor++)
            digest = Add(digest, (await host.GetActiveStateAsync<StrategyState>(new ProcessId(Strategy.Kind, RebuildLog.Key(actor)))).State);
        await host.AbortAsync();
        return (report.Events, digest);
    }

    /// <summary>Adds a state to a digest of all, so that engine and bare loop can be compared.</summary>
    public static long Add(long digest, StrategyState state) =>
        unchecked((digest * 31) + state.Ticks + (state.Position * 7) + BitConverter.DoubleToInt64Bits(state.Fast) + BitConverter.DoubleToInt64Bits(state.Slow));
}
