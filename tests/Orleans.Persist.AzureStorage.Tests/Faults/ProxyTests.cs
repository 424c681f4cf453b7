using System.Collections.Concurrent;
using Orleans.Persist.AzureStorage.Tests.Support;
using Orleans.Persist.Azurite;
using Orleans.Persist.Journal;

namespace Orleans.Persist.AzureStorage.Tests.Faults;

/// <summary>A network and a service that fail in every way: what was acknowledged is there once, what was not was told, and nothing hangs.</summary>
[NeedsAzurite]
[Trait("Requirement", "o.10")]
public sealed class ProxyTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);
    private readonly CancellationToken _limit = new CancellationTokenSource(TimeSpan.FromMinutes(5)).Token;

    [Theory]
    [InlineData(Fault.Cut)]
    [InlineData(Fault.DropAnswer)]
    [InlineData(Fault.HalfAnswer)]
    [InlineData(Fault.Error500)]
    [InlineData(Fault.Error500Afterwards)]
    [InlineData(Fault.Error503)]
    [InlineData(Fault.Error429)]
    public async Task One_fault_of_each_kind_is_got_over_without_the_caller_seeing_it(Fault fault)
    {
        var seen = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);

        // Each distinct request fails the first time.
        await using var world = await World.StartAsync(line => seen.TryAdd(line, true) ? fault : Fault.None);
        for (var i = 1; i <= 5; i++)
        {
            var size = i == 3 ? 1 << 20 : 10;
            var result = await world.Journal.AppendAsync("s", ExpectedVersion.Exactly(i - 1), new EventData { Type = "t", Data = new byte[size] }, _limit);
            Assert.Equal((i, false), ((int)result.LastVersion, result.Duplicate));
            seen.Clear();
        }

        var produced = await world.Journal.AppendAsync("s", ExpectedVersion.Any, new[] { new EventData { Type = "t" } }, new ProducerSequence("p", 1), _limit);
        Assert.Equal((6L, false), (produced.LastVersion, produced.Duplicate));
        Assert.Equal(Enumerable.Range(1, 6).Select(v => (long)v), await world.Journal.ReadAsync("s", ReadRequest.All, _limit).Select(e => e.Version).ToListAsync(_limit));
        seen.Clear();
        await world.Journal.TruncateAsync("s", 4, _limit);
        seen.Clear();
        Assert.Equal(2, (await world.Journal.DeleteAsync("s", ExpectedVersion.Exactly(6), _limit)).Incarnation);
        seen.Clear();
        await world.Storage.Snapshots.SaveAsync("o", new() { Incarnation = 1, Version = 1, Time = DateTimeOffset.UtcNow, Type = "t", Data = new byte[10] }, _limit);
        seen.Clear();
        Assert.Equal(2, await world.Storage.Snapshots.SaveAsync("o", new() { Incarnation = 1, Version = 2, Time = DateTimeOffset.UtcNow, Type = "t", Data = new byte[10] }, _limit));
        Assert.Equal([2, 1], await world.Storage.Snapshots.ReadAsync("o", _limit).Select(r => (int)r.Snapshot!.Version).ToListAsync(_limit));
    }

    [Fact]
    public async Task Under_faults_of_all_kinds_every_acknowledged_event_is_there_once()
    {
        var kinds = Enum.GetValues<Fault>();
        var random = new Random(5);
        var faulty = true;
        Fault Next(string line)
        {
            lock (random)
                return faulty && random.NextDouble() < 0.35 ? kinds[random.Next(kinds.Length)] : Fault.None;
        }

        await using var world = await World.StartAsync(_ => Fault.None);
        world.Next = Next;
        var workload = new Workload("s");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(w => workload.WriteAsync(world.Journal, $"{w}", 60, large: true, Longest, _limit))).WaitAsync(_limit);
        faulty = false;
        Assert.InRange(workload.Acknowledged, 100, 240);
        await workload.CheckAsync(world.Journal, _limit);
        await using var other = await world.OpenAnotherAsync();
        await workload.CheckAsync(other.Journal, _limit);
    }

    [Fact]
    public async Task A_service_that_is_gone_is_told_in_bounded_time_and_taken_up_again()
    {
        await using var world = await World.StartAsync(_ => Fault.None);
        await world.Journal.AppendAsync("s", ExpectedVersion.NoStream, new EventData { Type = "t", Id = "1" }, _limit);
        world.Next = _ => Fault.Cut;
        await Assert.ThrowsAsync<JournalUnavailableException>(() => world.Journal.AppendAsync("s", ExpectedVersion.Any, new EventData { Type = "t", Id = "2" }, _limit).AsTask().WaitAsync(Longest));
        await Assert.ThrowsAsync<JournalUnavailableException>(() => world.Journal.GetHeadAsync("s", _limit).AsTask().WaitAsync(Longest));
        await Assert.ThrowsAsync<JournalUnavailableException>(() => world.Journal.ReadAsync("s", ReadRequest.All, _limit).ToListAsync(_limit).AsTask().WaitAsync(Longest));
        await Assert.ThrowsAsync<JournalUnavailableException>(() => world.Journal.WaitForAppendAsync("s", 1, 1, _limit).AsTask().WaitAsync(Longest));
        world.Next = _ => Fault.None;
        Assert.Equal(2, (await world.Journal.AppendAsync("s", ExpectedVersion.Any, new EventData { Type = "t", Id = "2" }, _limit)).LastVersion);
    }

    [Fact]
    public async Task Azurite_killed_and_started_again_under_load_loses_nothing_that_was_acknowledged()
    {
        var location = Directory.CreateTempSubdirectory("orleans-persist-azurite-").FullName;
        var server = await AzuriteServer.StartAsync(location, cancellationToken: _limit);
        try
        {
            var options = SharedAzurite.Own(new AzureStorageOptions { ConnectionString = server.ConnectionString, OperationTimeout = TimeSpan.FromSeconds(5) });
            options.Client.Retry.MaxRetries = 3;
            await using var storage = await AzurePersistStorage.OpenAsync(options, cancellationToken: _limit);
            var workload = new Workload("s");
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(_limit);
            var writers = Enumerable.Range(0, 4).Select(w => workload.WriteAsync(storage.Journal, $"{w}", int.MaxValue, large: true, Longest, stop.Token)).ToList();
            for (var round = 1; round <= 2; round++)
            {
                await storage.Journal.WaitForAppendAsync("s", 1, round * 40L, _limit);

                // With a location Azurite acknowledges only what its files have (tests/azurite/durable.js), as the service does.
                var (blobPort, tablePort) = (server.BlobPort, server.TablePort);
                await server.KillAsync();
                await server.DisposeAsync();
                server = await AzuriteServer.StartAsync(location, blobPort, tablePort, cancellationToken: _limit);
            }

            await stop.CancelAsync();
            await Task.WhenAll(writers).WaitAsync(_limit);
            await workload.CheckAsync(storage.Journal, _limit);
        }
        finally
        {
            await server.DisposeAsync();
            Directory.Delete(location, recursive: true);
        }
    }
}
