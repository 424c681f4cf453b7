using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Orleans.Persist.Bench.Measuring;
using Orleans.Persist.Embedded;
using Orleans.Persist.Scopes;
using static Orleans.Persist.Bench.Measuring.Statistics;

namespace Orleans.Persist.Bench.Scenarios;

/// <summary>Many keys that all expire in the same moment, in a process of its own with the garbage collection that hosts have (concurrent).</summary>
internal static class ScopesMillion
{
    public static async Task<JsonObject> MeasureAsync(string path, int keys, Action<string> log, CancellationToken cancellationToken)
    {
        log($"saving {keys:N0} keys that expire in the same moment, in a process of its own");
        using var child = Child.Start(("DOTNET_gcConcurrent", "1"), "scopes-child", path, keys.ToString(CultureInfo.InvariantCulture));
        var line = await child.StandardOutput.ReadToEndAsync(cancellationToken);
        await child.WaitForExitAsync(cancellationToken);
        return JsonNode.Parse(line)!.AsObject();
    }

    public static async Task<int> RunChildAsync(string path, int keys)
    {
        await using var storage = await EmbeddedStorage.OpenAsync(path);
        var options = new ScopedStoreOptions { MaxTotalBytes = 8L << 30 };
        var live = Scope.Global.Key("live");
        var figures = new JsonObject { ["keys"] = keys };
        var store = await ScopedStore.OpenAsync(storage.Journal, options);
        await store.SaveAsync(live, new byte[ScopesScenario.ValueBytes], TimeSpan.FromDays(1));
        var value = new byte[ScopesScenario.ValueBytes];
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var expires = DateTimeOffset.UtcNow.AddSeconds(15 + (keys / 50_000));
        await Load.RunAsync(1_000, keys, null, (_, i) => store.SaveAsync(Scope.Bridge("bench").Key(ScopesScenario.KeyOf(i)), value, expires - DateTimeOffset.UtcNow), CancellationToken.None);
        figures["bytes_per_key"] = Round((GC.GetTotalMemory(forceFullCollection: true) - before) / (double)keys, 0);
        figures["of_which_value"] = ScopesScenario.ValueBytes;
        var freed = (long)keys * 150; // far below what the values take, and above what their remembered keys do
        figures["quiet"] = await LoadingAsync(store, live, () => DateTimeOffset.UtcNow >= expires.AddSeconds(-1));
        await LoadingAsync(store, live, () => DateTimeOffset.UtcNow >= expires);
        figures["expiring"] = await LoadingAsync(store, live, () => store.Bytes < freed || DateTimeOffset.UtcNow > expires.AddMinutes(1));
        figures["freed_after_ms"] = store.Bytes < freed ? Round((DateTimeOffset.UtcNow - expires).TotalMilliseconds, 0) : null;
        await store.DisposeAsync();
        var start = Stopwatch.GetTimestamp();
        await using var again = await ScopedStore.OpenAsync(storage.Journal, options);
        figures["reopen_ms"] = Round(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 0);
        Console.WriteLine(figures.ToJsonString());
        return 0;
    }

    /// <summary>Loads one value over and over until something is so: how many, and how long the longest load took.</summary>
    private static async Task<JsonObject> LoadingAsync(ScopedStore store, ScopedLocation location, Func<bool> until)
    {
        using var latencies = new LatencyHistogram();
        var (longest, count) = (0L, 0L);
        var (collections, paused) = (GC.CollectionCount(0), GC.GetTotalPauseDuration());
        while (!until())
        {
            for (var i = 0; i < 100; i++, count++)
            {
                var begun = Stopwatch.GetTimestamp();
                if ((await store.TryLoadAsync(location)).Outcome is not LoadOutcome.Found)
                    throw new InvalidOperationException("The value that lives is gone.");
                var took = (long)Stopwatch.GetElapsedTime(begun).TotalNanoseconds;
                latencies.Add(took);
                longest = Math.Max(longest, took);
            }
        }

        return new JsonObject { ["loads"] = count, ["p99_us"] = Round(latencies.Microseconds(0.99), 1), ["longest_ms"] = Round(longest / 1e6, 2), ["collections"] = GC.CollectionCount(0) - collections, ["collecting_ms"] = Round((GC.GetTotalPauseDuration() - paused).TotalMilliseconds, 2) };
    }
}
