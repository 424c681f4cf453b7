using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Persist.Core.Tests.Support;
using Orleans.Persist.Hosting;
using Orleans.Persist.Scopes;

namespace Orleans.Persist.Core.Tests.Scopes;

public sealed class ScopedHostTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    [Trait("Requirement", "t.1")]
    public async Task A_host_has_a_scoped_store_to_inject_once_it_has_started()
    {
        var storage = new TestStorage();
        await using (var services = Build(storage))
        {
            var store = services.GetRequiredService<IScopedStore>();
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await store.TryLoadAsync(Scope.Global.Key("k")));
            await services.GetRequiredService<IHostedService>().StartAsync(CancellationToken.None).WaitAsync(Limit);
            await store.SaveAsync(Scope.Global.Key("k"), new byte[] { 1 });
            await services.GetRequiredService<IHostedService>().StopAsync(CancellationToken.None).WaitAsync(Limit);
        }

        await using var again = Build(storage);
        await again.GetRequiredService<IHostedService>().StartAsync(CancellationToken.None).WaitAsync(Limit);
        Assert.Equal([1], (await again.GetRequiredService<IScopedStore>().LoadAsync(Scope.Global.Key("k"))).ToArray());
        await again.GetRequiredService<IScopedStore>().DeleteAsync(Scope.Global.Key("k"));
        Assert.Equal(7, again.GetRequiredService<Microsoft.Extensions.Options.IOptions<ScopedStoreOptions>>().Value.MaxNameBytes);
        await Assert.ThrowsAsync<ArgumentException>(async () => await again.GetRequiredService<IScopedStore>().DeleteAsync(Scope.Global.Key("12345678")));
    }

    [Fact]
    public async Task An_engine_without_one_says_so()
    {
        await using var engine = new PersistEngine(new TestStorage());
        await engine.StartAsync().WaitAsync(Limit);
        Assert.Contains("AddScopedStore", Assert.Throws<InvalidOperationException>(() => engine.ScopedStore).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_stores_streams_are_no_sources()
    {
        await using var engine = new PersistEngine(new TestStorage()).AddScopedStore();
        await engine.StartAsync().WaitAsync(Limit);
        await engine.ScopedStore.SaveAsync(Scope.Global.Key("k"), new byte[] { 1 });
        Assert.Empty(await engine.ListSourcesAsync().ToListAsync());
    }

    private static ServiceProvider Build(TestStorage storage) => new ServiceCollection()
        .AddPersist(persist => persist.UseStorage((_, _) => new(storage)).AddScopedStore(options => options.MaxNameBytes = 7))
        .BuildServiceProvider();
}
