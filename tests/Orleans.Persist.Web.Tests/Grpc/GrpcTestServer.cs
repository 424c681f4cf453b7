using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Persist.Memory;
using Orleans.Persist.Protocol;
using Orleans.Persist.Scopes;
using Orleans.Persist.TestKit;
using Orleans.Persist.Web.Grpc;

namespace Orleans.Persist.Web.Tests.Grpc;

/// <summary>The real server on a port of its own, with a store in memory whose clock a test moves.</summary>
internal sealed class GrpcTestServer : IAsyncDisposable
{
    private readonly GrpcServer _server;
    private readonly ScopedStore _store;

    private GrpcTestServer(GrpcServer server, ScopedStore store, ManualTimeProvider time) => (_server, _store, Time) = (server, store, time);

    public ManualTimeProvider Time { get; }

    public ScopedStore Store => _store;

    public Uri Address => new(_server.Addresses.Single());

    public static async Task<GrpcTestServer> StartAsync(
        GrpcServiceOptions? options = null, ScopedStoreOptions? storeOptions = null, TestCertificate? certificate = null, Func<IScopedStore, IScopedStore>? wrap = null)
    {
        var time = new ManualTimeProvider();
        var store = await ScopedStore.OpenAsync(new MemoryJournal(time), storeOptions, time);
        var server = new GrpcServer(
            [certificate is null ? "http://127.0.0.1:0" : "https://127.0.0.1:0"], wrap?.Invoke(store) ?? store, options, certificate?.Configuration, NullLoggerFactory.Instance);
        await server.StartAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
        return new GrpcTestServer(server, store, time);
    }

    /// <summary>Shows that the service still answers, whatever happened to it.</summary>
    public async Task GoesOnAsync(GrpcWire wire)
    {
        await Store.SaveAsync(Scope.Global.Key("k"), new byte[] { 42 });
        var request = new LoadRequest { Location = new LocationType { Scope = new ScopeType { Type = ScopeChoice.Global }, Key = "k" } };
        var answer = await wire.PostAsync(GrpcWire.Load, GrpcWire.Frame(request)).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(("0", "00000000030A012A"), (answer.Status, Convert.ToHexString(answer.Body)));
    }

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await _server.StopAsync(limit.Token);
        await _server.DisposeAsync();
        await _store.DisposeAsync();
    }
}
