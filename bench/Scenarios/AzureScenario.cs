using System.Globalization;
using System.Text.Json.Nodes;
using Azure.Core;
using Orleans.Persist.AzureStorage;
using Orleans.Persist.AzureStorage.Rows;
using Orleans.Persist.Azurite;
using Orleans.Persist.Bench.Measuring;
using Orleans.Persist.Journal;
using Orleans.Persist.Snapshots;

namespace Orleans.Persist.Bench.Scenarios;

/// <summary>The journal in Azure Storage, against Azurite: requests, bytes and rates, beside a row for each event over the same pipeline.</summary>
internal sealed class AzureScenario : IScenario
{
    private const int EventBytes = 200;
    private const int Rounds = 7;
    private const int Wanted = 25;
    private static readonly int[] CommitSizes = [1, 10, 100];
    private int _tables;

    public string Name => "azure";

    public string Description => "The journal in Azure Storage, against Azurite: requests for an append and a recovery, bytes on the wire, and rates beside a row for each event.";

    public async Task<JsonObject> RunAsync(double scale, Action<string> log, CancellationToken cancellationToken)
    {
        log("starting Azurite");
        await using var azurite = await AzuriteServer.StartAsync(cancellationToken: cancellationToken);
        var figures = new JsonObject { ["scenario"] = Name, ["event_bytes"] = EventBytes };
        log("requests for an append");
        figures["requests_per_append"] = await AppendsAsync(azurite, indexEvery: 0, cancellationToken);
        figures["requests_per_append_and_index"] = await AppendsAsync(azurite, indexEvery: 1000, cancellationToken);
        log("requests for a recovery");
        figures["requests_per_recovery"] = await RecoveryAsync(azurite, cancellationToken);
        var commits = new JsonObject();
        foreach (var size in CommitSizes)
        {
            log($"commits of {size} events");
            commits[size.ToString(CultureInfo.InvariantCulture)] = await RatesAsync(azurite, size, scale, cancellationToken);
        }

        figures["events_a_commit"] = commits;
        log("recovery of many events");
        foreach (var (name, value) in await ReplayAsync(azurite, (int)(100_000 * scale), cancellationToken))
            figures[name] = value?.DeepClone();
        log("a read by subject");
        figures["by_subject"] = await FilterAsync(azurite, Math.Max(2_000, (int)(20_000 * scale)), cancellationToken);
        return figures;
    }

    /// <summary>By the size of the commit in KiB, after the first one. What is indexed behind the appends counts where it is done meanwhile.</summary>
    private async Task<JsonObject> AppendsAsync(AzuriteServer azurite, int indexEvery, CancellationToken cancellationToken)
    {
        const int Appends = 20;
        var (options, counter) = Options(azurite, ++_tables);
        options.IndexEvery = indexEvery;
        await using var storage = await AzurePersistStorage.OpenAsync(options, cancellationToken: cancellationToken);
        var figures = new JsonObject();
        foreach (var kib in new[] { 1, 100, 900, 2000 })
        {
            var stream = $"s{kib}";
            var events = Events(kib > 10 ? 100 : 1, kib * 1024 / (kib > 10 ? 100 : 1));
            await storage.Journal.AppendAsync(stream, ExpectedVersion.NoStream, events, producer: null, cancellationToken);
            var before = counter.Requests;
            for (var i = 1; i <= Appends; i++)
                await storage.Journal.AppendAsync(stream, ExpectedVersion.Exactly(i * events.Length), events, producer: null, cancellationToken);
            figures[$"{kib}_kib"] = (double)(counter.Requests - before) / Appends;
        }

        return figures;
    }

    /// <summary>With a snapshot and a tail of 100 events, in commits of one, by a process that knows nothing of the stream.</summary>
    private async Task<double> RecoveryAsync(AzuriteServer azurite, CancellationToken cancellationToken)
    {
        var (storage, _) = await OpenAsync(azurite, cancellationToken);
        await using (storage)
        {
            await storage.Journal.AppendAsync("s", ExpectedVersion.NoStream, Events(500, EventBytes), producer: null, cancellationToken);
            await storage.Snapshots.SaveAsync("s", new Snapshot { Incarnation = 1, Version = 500, Time = DateTimeOffset.UtcNow, Type = "t", Data = new byte[10_000] }, cancellationToken);
            foreach (var @event in Events(100, EventBytes))
                await storage.Journal.AppendAsync("s", ExpectedVersion.Any, @event, cancellationToken);
        }

        var (other, counter) = await OpenAsync(azurite, cancellationToken, sameTable: true);
        await using var __ = other;
        var before = counter.Requests;
        var snapshot = (await other.Snapshots.ReadAsync("s", cancellationToken).FirstAsync(cancellationToken)).Snapshot!;
        var tail = await other.Journal.ReadAsync("s", new ReadRequest { From = snapshot.Version + 1, Incarnation = snapshot.Incarnation }, cancellationToken).CountAsync(cancellationToken);
        return tail == 100 ? counter.Requests - before : throw new InvalidOperationException($"The tail had {tail} events.");
    }

    /// <summary>Both layouts in turn, each round on two tables that are empty at first.</summary>
    private async Task<JsonObject> RatesAsync(AzuriteServer azurite, int size, double scale, CancellationToken cancellationToken)
    {
        var commits = Math.Max(5, (int)((size == 100 ? 40 : 200) * scale));
        var (ours, theirs, ratios, bytes) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            var events = Events(size, EventBytes);
            var (storage, counter) = await OpenAsync(azurite, cancellationToken);
            await using var _ = storage;
            await storage.Journal.AppendAsync("s", ExpectedVersion.NoStream, events, producer: null, cancellationToken);
            var before = counter.Bytes;
            var packed = await TimeAsync(commits, i => storage.Journal.AppendAsync("s", ExpectedVersion.Exactly(i * size), events, producer: null, cancellationToken).AsTask());
            bytes.Add((double)(counter.Bytes - before) / (commits * size));
            var rows = await RowPerEvent.OpenAsync(Options(azurite, ++_tables).Options, cancellationToken);
            await rows.AppendAsync(events, cancellationToken);
            var single = await TimeAsync(commits, _ => rows.AppendAsync(events, cancellationToken));
            if (round == 0)
                continue; // warms up code and connections
            ours.Add(commits * size / packed.TotalSeconds);
            theirs.Add(commits * size / single.TotalSeconds);
            ratios.Add(single / packed);
        }

        return new JsonObject
        {
            ["events_per_s"] = Math.Round(Measuring.Statistics.Median(ours)),
            ["row_per_event_events_per_s"] = Math.Round(Measuring.Statistics.Median(theirs)),
            ["ratio_to_row_per_event"] = Math.Round(Measuring.Statistics.Median(ratios), 2),
            ["wire_bytes_per_event"] = Math.Round(Measuring.Statistics.Median(bytes)),
        };
    }

    private async Task<JsonObject> ReplayAsync(AzuriteServer azurite, int count, CancellationToken cancellationToken)
    {
        var (storage, _) = await OpenAsync(azurite, cancellationToken);
        await using (storage)
        {
            for (var i = 0; i < count / 100; i++)
                await storage.Journal.AppendAsync("s", ExpectedVersion.Any, Events(100, EventBytes), producer: null, cancellationToken);
        }

        var (other, counter) = await OpenAsync(azurite, cancellationToken, sameTable: true);
        await using var __ = other;
        var before = counter.Requests;
        var started = TimeProvider.System.GetTimestamp();
        var events = await other.Journal.ReadAsync("s", ReadRequest.All, cancellationToken).CountAsync(cancellationToken);
        return new JsonObject
        {
            ["replayed_events"] = events,
            ["replay_s"] = Math.Round(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 2),
            ["replay_requests"] = counter.Requests - before,
            ["replay_requests_per_1000_events"] = Math.Round((counter.Requests - before) * 1000.0 / events, 3),
        };
    }

    /// <summary>Some events of many, spread evenly, a commit each: by a read of all, and by the index.</summary>
    private async Task<JsonObject> FilterAsync(AzuriteServer azurite, int count, CancellationToken cancellationToken)
    {
        const int AtOnce = 40;
        var request = new ReadRequest { Filter = new EventFilter { Subjects = ["wanted"] } };
        var (options, counter) = Options(azurite, ++_tables);
        options.IndexEvery = 0;
        var figures = new JsonObject { ["events"] = count, ["wanted"] = Wanted };
        await using (var storage = await AzurePersistStorage.OpenAsync(options, cancellationToken: cancellationToken))
        {
            var @event = Events(1, EventBytes)[0];
            for (var i = 0; i < count; i += AtOnce)
            {
                await Task.WhenAll(Enumerable.Range(i, Math.Min(AtOnce, count - i)).Select(n => storage.Journal.AppendAsync(
                    "s", ExpectedVersion.Any, @event with { Subject = n % (count / Wanted) == 7 ? "wanted" : $"other-{n % 50}" }, cancellationToken).AsTask()));
            }

            await ReadAsync(storage, "all");
        }

        options.IndexEvery = 1000;
        await using var indexed = await AzurePersistStorage.OpenAsync(options, cancellationToken: cancellationToken);
        var before = counter.Requests;
        var blocks = await indexed.AzureJournal.Indexer.RunAsync(StreamKey.Of("s"), cancellationToken);
        figures["requests_to_index"] = counter.Requests - before;
        figures["blocks"] = blocks;
        await ReadAsync(indexed, "index");
        return figures;

        async Task ReadAsync(AzurePersistStorage storage, string by)
        {
            var (requests, bytes, started) = (counter.Requests, counter.Bytes, TimeProvider.System.GetTimestamp());
            var found = await storage.Journal.ReadAsync("s", request, cancellationToken).CountAsync(cancellationToken);
            if (found != Wanted)
                throw new InvalidOperationException($"{found} events were found, and not {Wanted}.");
            figures[$"requests_by_{by}"] = counter.Requests - requests;
            figures[$"kib_by_{by}"] = (counter.Bytes - bytes) / 1024;
            figures[$"ms_by_{by}"] = Math.Round(TimeProvider.System.GetElapsedTime(started).TotalMilliseconds, 1);
        }
    }

    private async Task<(AzurePersistStorage Storage, RequestCounter Counter)> OpenAsync(AzuriteServer azurite, CancellationToken cancellationToken, bool sameTable = false)
    {
        var (options, counter) = Options(azurite, sameTable ? _tables : ++_tables);
        return (await AzurePersistStorage.OpenAsync(options, cancellationToken: cancellationToken), counter);
    }

    private static (AzureStorageOptions Options, RequestCounter Counter) Options(AzuriteServer azurite, int table)
    {
        var counter = new RequestCounter();
        var options = new AzureStorageOptions { ConnectionString = azurite.ConnectionString, TableName = string.Create(CultureInfo.InvariantCulture, $"Bench{table}") };
        options.Client.AddPolicy(counter, HttpPipelinePosition.BeforeTransport);
        return (options, counter);
    }

    private static EventData[] Events(int count, int bytes)
    {
        var data = new byte[bytes];
        new Random(7).NextBytes(data);
        return [.. Enumerable.Range(0, count).Select(_ => new EventData { Type = "OrderPlaced", Data = data })];
    }

    private static async Task<TimeSpan> TimeAsync(int commits, Func<int, Task> commit)
    {
        var started = TimeProvider.System.GetTimestamp();
        for (var i = 1; i <= commits; i++)
            await commit(i);
        return TimeProvider.System.GetElapsedTime(started);
    }
}
