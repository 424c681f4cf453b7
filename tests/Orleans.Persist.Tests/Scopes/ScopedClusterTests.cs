using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;
using Orleans.Persist.Scopes;
using Orleans.Persist.Tests.Sources;
using Orleans.Runtime;
using Orleans.TestingHost;

namespace Orleans.Persist.Tests.Scopes;

/// <summary>The scoped store of two silos that share a journal.</summary>
public sealed class ScopedClusterTests : IAsyncDisposable
{
    private const int Parts = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly SharedStorage _storage = new();
    private InProcessTestCluster _cluster = null!;

    private IScopedStore Client => _cluster.Client.ServiceProvider.GetRequiredService<IScopedStore>();

    private IScopedStore Silo => _cluster.GetSiloServiceProvider().GetRequiredService<IScopedStore>();

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync().AsTask().WaitAsync(Patience);
        await _storage.DisposeAsync();
    }

    [Fact]
    [Trait("Requirement", "t.1")]
    [Trait("Requirement", "t.2")]
    public async Task What_a_client_saves_at_any_scope_silos_load_and_the_parts_are_spread()
    {
        await StartAsync(TimeSpan.FromHours(1));
        var locations = Locations(200);
        await Task.WhenAll(locations.Select((location, i) => SaveAsync(Client, location, $"{i}")));

        for (var i = 0; i < locations.Count; i++)
            Assert.Equal($"{i}", await LoadAsync(Silo, locations[i]));
        Assert.Equal(Parts, Enumerable.Range(0, Parts).Count(part => SiloOf(part) is not null));
        await Silo.DeleteAsync(locations[7]);
        await Silo.DeleteAsync(Scope.Global.Key("never was there"));
        Assert.Equal("Missing", await LoadAsync(Client, locations[7]));
    }

    [Fact]
    [Trait("Requirement", "o.4")]
    [Trait("Requirement", "t.3")]
    [Trait("Requirement", "t.4")]
    public async Task A_silo_that_dies_takes_no_acknowledged_value_with_it_and_what_had_expired_stays_expired()
    {
        await StartAsync(TimeSpan.FromHours(1));
        var locations = Locations(100);
        await Task.WhenAll(locations.Select((location, i) => SaveAsync(Client, location, $"{i}")));
        var expired = locations.Select(location => (location with { Key = location.Key + "-short" })).ToList();
        await Task.WhenAll(expired.Select(location => SaveAsync(Client, location, "x", 1)));
        foreach (var location in expired)
            await UntilAsync(async () => await LoadAsync(Client, location) == "Expired");
        var victim = _cluster.Silos.First(silo => silo.SiloAddress.Equals(SiloOf(0)));
        var moved = Enumerable.Range(0, Parts).Where(part => SiloOf(part)?.Equals(victim.SiloAddress) == true).ToList();
        Assert.NotEmpty(moved);

        await _cluster.KillSiloAsync(victim).WaitAsync(Patience);

        for (var i = 0; i < locations.Count; i++)
        {
            Assert.Equal($"{i}", await LoadAsync(Client, locations[i]));
            Assert.Equal("Expired", await LoadAsync(Client, expired[i]));
        }

        Assert.All(moved, part => Assert.NotEqual(victim.SiloAddress, SiloOf(part)));
        await Task.WhenAll(locations.Select(location => SaveAsync(Client, location, "again")));
        Assert.Equal("again", await LoadAsync(Client, locations[50]));
    }

    [Fact]
    [Trait("Requirement", "o.4")]
    public async Task A_part_that_another_writer_has_overtaken_steps_down_and_its_next_activation_knows_everything()
    {
        await StartAsync(TimeSpan.FromHours(1));
        var location = Scope.Bridge("b").Key("k");
        await SaveAsync(Client, location, "1");
        await using (var other = await ScopedStore.OpenAsync(_storage.Journal))
            await SaveAsync(other, location, "2");

        Assert.Equal("2", await LoadAsync(Client, location));

        await using (var other = await ScopedStore.OpenAsync(_storage.Journal))
            await SaveAsync(other, location with { Key = "k" }, "3");
        await SaveAsync(Client, Scope.Bridge("b").Key("elsewhere"), "4");
        await Client.DeleteAsync(Scope.Bridge("b").Key("nothing"));
        Assert.Equal("3", await LoadAsync(Silo, location));
        await using var last = await ScopedStore.OpenAsync(_storage.Journal);
        Assert.Equal("3", await LoadAsync(last, location));
        Assert.Equal("4", await LoadAsync(last, Scope.Bridge("b").Key("elsewhere")));
    }

    [Fact]
    [Trait("Requirement", "t.8")]
    public async Task A_part_whose_values_have_expired_leaves_the_journal_and_the_memory_by_itself()
    {
        await StartAsync(TimeSpan.Zero);
        await using (var store = await ScopedStore.OpenAsync(_storage.Journal, new ScopedStoreOptions { ExpiredKeptFor = TimeSpan.Zero }))
            await SaveAsync(store, Scope.Global.Key("left behind"), "x", 1); // nobody asks for it ever again
        await SaveAsync(Client, Scope.Global.Key("forgotten"), "x", 1);
        await SaveAsync(Client, Scope.Global.Key("lives"), "v");

        await UntilAsync(async () => (await StreamsWithAsync("left behind")).Count == 0);
        await UntilAsync(() => Task.FromResult(Enumerable.Range(0, Parts).Count(part => SiloOf(part) is not null) <= 1));
        Assert.Equal("v", await LoadAsync(Client, Scope.Global.Key("lives")));
    }

    [Fact]
    public async Task Errors_keep_their_types_on_their_way_from_the_silo()
    {
        await StartAsync(TimeSpan.FromHours(1));
        var location = Scope.Global.Key("k");
        var negative = await Assert.ThrowsAsync<ArgumentException>(() => Client.SaveAsync(location, default, TimeSpan.FromSeconds(-1)).AsTask());
        Assert.StartsWith("TTL cannot be negative", negative.Message, StringComparison.Ordinal);
        var tooLong = await Assert.ThrowsAsync<ArgumentException>(() => Client.SaveAsync(location, new byte[10_001]).AsTask());
        Assert.Contains("10,000 bytes", tooLong.Message, StringComparison.Ordinal);
        var name = await Assert.ThrowsAsync<ArgumentException>(() => Client.TryLoadAsync(Scope.Global.Key(new string('k', 201))).AsTask());
        Assert.Contains("200 bytes", name.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => Client.DeleteAsync(default).AsTask());
        var full = await Assert.ThrowsAsync<ScopedStoreFullException>(async () =>
        {
            for (var i = 0; i < Parts * 20; i++)
                await Client.SaveAsync(Scope.Global.Key($"{i}"), new byte[10_000]);
        });
        Assert.Equal(100_000, full.Limit);
        Assert.InRange(full.Used, 80_000, 100_000);
        var missing = await Assert.ThrowsAsync<ScopedValueException>(() => Client.LoadAsync(Scope.Global.Key("none")).AsTask());
        Assert.False(missing.IsExpired);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Client.SaveAsync(location, default, default, cancelled.Token).AsTask());
    }

    [Fact]
    public async Task A_buffer_can_be_used_again_as_soon_as_the_save_was_called()
    {
        await StartAsync(TimeSpan.FromHours(1));
        var buffer = Encoding.UTF8.GetBytes("first");
        var save = Silo.SaveAsync(Scope.Global.Key("k"), buffer);
        Array.Fill(buffer, (byte)'x');
        await save;
        Assert.Equal("first", await LoadAsync(Silo, Scope.Global.Key("k")));
    }

    private async Task StartAsync(TimeSpan expiredKeptFor)
    {
        var builder = new InProcessTestClusterBuilder(2);
        builder.ConfigureSilo((_, silo) => silo.AddPersist(persist => persist
            .UseStorage((_, _) => new(_storage))
            .Configure(engine => engine.OwnsStorage = false)
            .ConfigureCluster(cluster => cluster.ScopeCheckInterval = TimeSpan.Zero)
            .AddScopedStore(options =>
            {
                options.ExpiredKeptFor = expiredKeptFor;
                options.MaxNameBytes = 200;
                options.MaxValueBytes = 10_000;
                options.MaxTotalBytes = Parts * 100_000;
                options.SweepInterval = TimeSpan.FromMilliseconds(20);
                options.CompactInterval = TimeSpan.FromSeconds(1);
            })));
        builder.ConfigureClient(client => client.AddPersist());
        _cluster = builder.Build();
        await _cluster.DeployAsync().WaitAsync(Patience);
    }

    private static List<ScopedLocation> Locations(int count) =>
    [
        .. Enumerable.Range(0, count).Select(i => (i % 3) switch
        {
            0 => Scope.Global.Key($"k{i / 3}"),
            1 => Scope.Bridge($"b.{i % 2}").Key($"k{i / 3}"),
            _ => Scope.Instance("b", $"1.k{i % 2}").Key($"k{i / 3}"),
        }),
    ];

    private static Task SaveAsync(IScopedStore store, ScopedLocation location, string value, int seconds = 100_000) =>
        store.SaveAsync(location, Encoding.UTF8.GetBytes(value), TimeSpan.FromSeconds(seconds)).AsTask().WaitAsync(Patience);

    private static async Task<string> LoadAsync(IScopedStore store, ScopedLocation location)
    {
        var result = await store.TryLoadAsync(location).AsTask().WaitAsync(Patience);
        return result.Outcome is LoadOutcome.Found ? Encoding.UTF8.GetString(result.Value.Span) : result.Outcome.ToString();
    }

    /// <summary>The streams in which a text stands.</summary>
    private async Task<List<string>> StreamsWithAsync(string text)
    {
        var found = new List<string>();
        await foreach (var head in _storage.Journal.ListStreamsAsync("$scopes/"))
        {
            await foreach (var @event in _storage.Journal.ReadAsync(head.Stream, new ReadRequest()))
            {
                if (Encoding.UTF8.GetString(@event.Data.Span).Contains(text, StringComparison.Ordinal))
                    found.Add(head.Stream);
            }
        }

        return found;
    }

    private SiloAddress? SiloOf(int part) =>
        _cluster.TryGetGrainContext(GrainId.Create(GrainType.Create("persist-scopes"), GrainIdKeyExtensions.CreateIntegerKey(part)), out var context) ? context?.Address.SiloAddress : null;

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await condition())
            await timer.WaitForNextTickAsync(limit.Token);
    }
}
