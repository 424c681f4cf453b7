using Orleans.Hosting;
using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;
using Orleans.TestingHost;

namespace Orleans.Persist.Tests.Hosting;

public sealed class AddPersistTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Storage_is_closed_once_after_the_last_grain_has_deactivated()
    {
        var storage = new RecordingStorage();
        await using (var cluster = Cluster(_ => storage))
        {
            await cluster.DeployAsync().WaitAsync(Patience);
            var grain = cluster.Client.GetGrain<INotesGrain>("stays-active");
            Assert.Equal(1, await grain.Add("one").WaitAsync(Patience));
            Assert.Equal(0, storage.Closed);
            await cluster.StopAllSilosAsync().WaitAsync(Patience);
        }

        Assert.Equal(1, storage.Closed);
        Assert.Equal(2, storage.VersionsWhenClosed["stays-active"]);
    }

    [Fact]
    public async Task Silo_whose_storage_cannot_be_opened_does_not_start_and_says_why()
    {
        await using var cluster = Cluster(_ => throw new IOException("the directory 'data' is held by process 42"));

        var error = await Assert.ThrowsAsync<JournalUnavailableException>(() => cluster.DeployAsync().WaitAsync(Patience));

        Assert.Equal("The silo cannot start, as its storage cannot be opened: the directory 'data' is held by process 42", error.Message);
        Assert.IsType<IOException>(error.InnerException);
    }

    [Fact]
    public async Task AddPersist_Twice_OpensOnlyTheLastStorage()
    {
        var storage = new RecordingStorage();
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddPersist(persist => persist.UseStorage((_, _) => throw new IOException("this one is not used")));
            silo.AddPersist(persist => persist.UseStorage((_, _) => new(storage)));
        });
        await using (var cluster = builder.Build())
        {
            await cluster.DeployAsync().WaitAsync(Patience);
            await cluster.Client.GetGrain<INotesGrain>("writer").Add("one").WaitAsync(Patience);
        }

        Assert.Equal(1, storage.Closed);
        Assert.Equal(2, storage.VersionsWhenClosed["writer"]);
    }

    private static InProcessTestCluster Cluster(Func<IServiceProvider, IStorage> open)
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) => silo.AddPersist(persist => persist.UseStorage((services, _) => new(open(services)))));
        return builder.Build();
    }
}
