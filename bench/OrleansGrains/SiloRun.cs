using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Hosting;
using Orleans.Journaling;
using Orleans.Persist.Bench.Measuring;
using Orleans.Persist.Embedded;
using Orleans.Persist.Hosting;
using Orleans.Persist.LogConsistency;
using Orleans.Persist.Memory;
using Orleans.Persist.Processes;
using Orleans.Runtime;
using static Orleans.Persist.Bench.Measuring.Statistics;

namespace Orleans.Persist.Bench.OrleansGrains;

/// <summary>The measurements of the scenario <c>orleans</c>, called in the silo's own process.</summary>
internal sealed class SiloRun(IGrainFactory grains, double scale, Action<string> log)
{
    public const string LogStorage = "log_storage_memory";
    public const string StateStorage = "state_storage_memory";
    public const string Journaling = "journaling_memory";
    public const string Memory = "persist_memory";
    public const string Embedded = "persist_embedded";
    public const string MemoryWithSnapshots = "persist_memory_snapshots";
    public const string EmbeddedWithSnapshots = "persist_embedded_snapshots";
    private const int Grains = 1_000;
    private const int Events = 1_000;
    private const int Rounds = 9;
    private const int WarmUp = 5;
    private const int LogStorageRounds = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static long _key;

    public static async Task<JsonObject> RunAsync(double scale, Action<string> log, CancellationToken cancellationToken)
    {
        using var scratch = new Scratch();
        await using var embedded = await EmbeddedStorage.OpenAsync(scratch["orleans"], cancellationToken: cancellationToken);
        using var host = Build(embedded);
        await host.StartAsync(cancellationToken);
        try
        {
            return await new SiloRun(host.Services.GetRequiredService<IGrainFactory>(), scale, log).MeasureAsync();
        }
        finally
        {
            await host.StopAsync(CancellationToken.None);
        }
    }

    private static IHost Build(EmbeddedStorage embedded)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(FreePort(), FreePort());
            silo.AddMemoryGrainStorageAsDefault();
            silo.AddLogStorageBasedLogConsistencyProvider(LogStorage);
            silo.AddStateStorageBasedLogConsistencyProvider(StateStorage);
            silo.AddJournaling().AddVolatileJournalStorage();
            silo.Services.Configure<JournaledStateManagerOptions>(options => options.JournalFormatKey = "orleans-binary"); // what the others store by
            silo.AddPersist(persist => persist.UseMemory());
            foreach (var name in new[] { Memory, Embedded, MemoryWithSnapshots, EmbeddedWithSnapshots })
            {
                silo.AddPersistBasedLogConsistencyProvider(name, (PersistLogConsistencyOptions options) => options.Snapshots =
                    name is MemoryWithSnapshots or EmbeddedWithSnapshots ? new SnapshotPolicy { EveryEvents = Events, OnPassivation = false } : SnapshotPolicy.Never with { OnPassivation = false });
                silo.Services.AddKeyedSingleton<IStorage>(name, name is Memory or MemoryWithSnapshots ? new MemoryStorage() : new Unowned(embedded));
            }
        });
        return builder.Build();
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private async Task<JsonObject> MeasureAsync()
    {
        var figures = new JsonObject { ["scenario"] = "orleans", ["orleans"] = true };
        var each = await ByProviderAsync("1,000 confirmed one by one", EachAsync, [LogStorage, StateStorage, Journaling, Memory, Embedded]);
        figures["confirm_each_ms"] = Json(each);
        figures["confirm_each_ratio_to_log_storage"] = Round(each[LogStorage] / each[Memory], 1);
        figures["confirm_each_ratio_to_state_storage"] = Round(each[StateStorage] / each[Memory]);
        figures["raise_then_confirm_ms"] = Json(await ByProviderAsync("1,000 raised, confirmed at the end", AtEndAsync, [LogStorage, StateStorage, Journaling, Memory, Embedded]));
        figures["load_1000_ms"] = Json(await ByProviderAsync("loading 1,000", name => LoadAsync(name, Events), [LogStorage, StateStorage, Journaling, Memory, MemoryWithSnapshots, Embedded, EmbeddedWithSnapshots]));
        var many = (int)(100_000 * scale);
        figures["load_many_events"] = many;
        figures["load_many_ms"] = Json(await ByProviderAsync($"loading {many:N0}", name => LoadAsync(name, many), [Journaling, Memory, MemoryWithSnapshots, Embedded, EmbeddedWithSnapshots]));
        figures["growth"] = new JsonObject { [Journaling] = Round(await GrowthAsync(Journaling, many)), [Memory] = Round(await GrowthAsync(Memory, many)), [Embedded] = Round(await GrowthAsync(Embedded, many)) };
        await AtOnceAsync(figures);
        return figures;
    }

    private async Task<Dictionary<string, double>> ByProviderAsync(string what, Func<string, Task<double>> measure, string[] providers)
    {
        var times = providers.ToDictionary(name => name, _ => new List<double>(), StringComparer.Ordinal);
        for (var round = -WarmUp; round < Rounds; round++)
        {
            foreach (var name in providers.Where(name => name != LogStorage))
            {
                var time = await measure(name);
                if (round >= 0)
                    times[name].Add(time);
            }
        }

        // It takes seconds, and what it leaves to be collected would disturb the others.
        for (var round = -1; round < LogStorageRounds && times.TryGetValue(LogStorage, out var logStorage); round++)
        {
            var time = await measure(LogStorage);
            if (round >= 0)
                logStorage.Add(time);
        }

        GC.Collect();

        var medians = times.ToDictionary(pair => pair.Key, pair => Median(pair.Value), StringComparer.Ordinal);
        log($"{what}: {string.Join(", ", medians.Select(pair => $"{pair.Key} {pair.Value:F2} ms"))}");
        return medians;
    }

    private async Task<double> EachAsync(string provider)
    {
        var grain = New(provider);
        await grain.Load();
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < Events; i++)
            await grain.Add(i);
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    private async Task<double> AtEndAsync(string provider)
    {
        var grain = New(provider);
        await grain.Load();
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < Events; i++)
            await grain.Raise(i);
        await grain.Confirm();
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    private async Task<double> LoadAsync(string provider, int events)
    {
        var grain = New(provider);
        for (var left = events; left > 0; left -= 10_000)
            await grain.Fill(Math.Min(left, 10_000)).WaitAsync(Patience);
        await DeactivateAsync(grain);
        var (version, milliseconds) = await grain.Load().WaitAsync(Patience);
        return version == events ? milliseconds : throw new InvalidOperationException($"{provider} lost events: {version} of {events}.");
    }

    /// <summary>What a confirm costs a grain with many events, over what it costs one with 1,000.</summary>
    private async Task<double> GrowthAsync(string provider, int many)
    {
        var (small, large) = (New(provider), New(provider));
        await small.Fill(Events);
        for (var left = many; left > 0; left -= 10_000)
            await large.Fill(Math.Min(left, 10_000));
        var ratios = new List<double>();
        for (var round = -3; round < 15; round++)
        {
            var first = await TimeAsync(round % 2 == 0 ? small : large);
            var second = await TimeAsync(round % 2 == 0 ? large : small);
            if (round >= 0)
                ratios.Add(round % 2 == 0 ? second / first : first / second);
        }

        log($"{provider}: a confirm with {many:N0} events over one with 1,000: {Median(ratios):F2}");
        return Median(ratios);

        static async Task<double> TimeAsync(ICounterGrain grain)
        {
            var started = Stopwatch.GetTimestamp();
            for (var i = 0; i < 200; i++)
                await grain.Add(i);
            return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }
    }

    /// <summary>1,000 grains that each confirm an event at once, all of them warm.</summary>
    private async Task AtOnceAsync(JsonObject figures)
    {
        string[] providers = [StateStorage, Journaling, Memory, Embedded];
        var all = providers.ToDictionary(name => name, name => Enumerable.Range(0, Grains).Select(_ => New(name)).ToArray(), StringComparer.Ordinal);
        var rates = providers.ToDictionary(name => name, _ => new List<double>(), StringComparer.Ordinal);
        for (var round = -3; round < 15; round++)
        {
            foreach (var name in providers)
            {
                var started = Stopwatch.GetTimestamp();
                for (var repeat = 0; repeat < 10; repeat++)
                    await Task.WhenAll(all[name].Select(grain => grain.Add(repeat)));
                if (round >= 0)
                    rates[name].Add(10 * Grains / Stopwatch.GetElapsedTime(started).TotalSeconds);
            }
        }

        figures["at_once_per_s"] = new JsonObject(rates.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)Round(Median(pair.Value), 0))));
        figures["at_once_ratio_embedded_to_state_storage"] = Round(Median(rates[Embedded].Zip(rates[StateStorage], (ours, theirs) => ours / theirs)));
        log($"1,000 grains at once: {string.Join(", ", rates.Select(pair => $"{pair.Key} {Median(pair.Value):N0}/s"))}");
    }

    private static async Task DeactivateAsync(ICounterGrain grain)
    {
        await grain.Cast<Orleans.Core.Internal.IGrainManagementExtension>().DeactivateOnIdle();
    }

    private ICounterGrain New(string provider)
    {
        var type = provider switch
        {
            LogStorage => typeof(LogStorageCounter),
            StateStorage => typeof(StateStorageCounter),
            Journaling => typeof(JournalingCounter),
            Memory => typeof(MemoryCounter),
            Embedded => typeof(EmbeddedCounter),
            MemoryWithSnapshots => typeof(SnapshotMemoryCounter),
            _ => typeof(SnapshotEmbeddedCounter),
        };
        return grains.GetGrain<ICounterGrain>(++_key, type.FullName);
    }

    private static JsonObject Json(Dictionary<string, double> times) => new(times.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)Round(pair.Value, 2))));
}
