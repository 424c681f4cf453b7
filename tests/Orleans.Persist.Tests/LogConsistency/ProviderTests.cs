using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.EventSourcing;
using Orleans.Hosting;
using Orleans.Persist.LogConsistency;
using Orleans.Persist.Processes;
using Orleans.Persist.Tests.Hosting;
using Orleans.Persist.Tests.Support;
using Orleans.Runtime;
using Orleans.TestingHost;

namespace Orleans.Persist.Tests.LogConsistency;

/// <summary>Providers side by side, their names and options (requirement o.7).</summary>
[Collection(LogCollection.Name)]
public sealed class ProviderTests(LogClusters clusters)
{
    private static readonly TimeSpan Patience = LogClusters.Patience;

    [Fact]
    [Trait("Requirement", "o.7")]
    public async Task A_provider_uses_the_storage_that_is_keyed_by_its_name_and_others_the_silos()
    {
        var (archived, other) = (clusters.Grain<ArchivedLogGrain>(), clusters.Grain<DefaultLogGrain>());
        await archived.RaiseAndConfirm(1).WaitAsync(Patience);
        await other.RaiseAndConfirm(1).WaitAsync(Patience);

        Assert.Equal(1, (await clusters.Archive.GetHeadAsync(LogClusters.StreamOf(archived))).Version);
        Assert.Equal(0, (await clusters.Storage.GetHeadAsync(LogClusters.StreamOf(archived))).Version);
        Assert.Equal(1, (await clusters.Storage.GetHeadAsync(LogClusters.StreamOf(other))).Version);
    }

    [Fact]
    [Trait("Requirement", "o.7")]
    public async Task Options_are_bound_from_configuration_for_each_name()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration.AddInMemoryCollection(
        [
            new("Logs:A:OnStoreFailure", "Throw"), new("Logs:A:ConfirmTimeout", "00:00:07"), new("Logs:A:Snapshots:EveryEvents", "50"), new("Logs:B:OnPoison", "Skip"),
        ]);
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering();
            silo.AddPersist(persist => persist.UseMemory());
            foreach (var name in new[] { "A", "B" })
                silo.AddPersistBasedLogConsistencyProvider(name, (OptionsBuilder<PersistLogConsistencyOptions> options) => options.Bind(silo.Configuration.GetSection($"Logs:{name}")));
        });
        using var host = builder.Build();
        await Task.Yield();

        var (a, b) = (Provider("A").Options, Provider("B").Options);
        Assert.Equal((StoreFailurePolicy.Throw, TimeSpan.FromSeconds(7), 50L, PoisonPolicy.Fail), (a.OnStoreFailure, a.ConfirmTimeout, a.Snapshots.EveryEvents, a.OnPoison));
        Assert.Equal((StoreFailurePolicy.Retry, TimeSpan.FromSeconds(20), 1_000L, PoisonPolicy.Skip), (b.OnStoreFailure, b.ConfirmTimeout, b.Snapshots.EveryEvents, b.OnPoison));

        LogConsistencyProvider Provider(string name) => Assert.IsType<LogConsistencyProvider>(host.Services.GetRequiredKeyedService<ILogViewAdaptorFactory>(name));
    }

    [Fact]
    [Trait("Requirement", "o.7")]
    public void Providers_are_added_from_orleans_own_configuration()
    {
        using var host = Configured(
            ("Orleans:LogConsistency:Default:ProviderType", "Persist"),
            ("Orleans:LogConsistency:strict:ProviderType", "Persist"),
            ("Orleans:LogConsistency:strict:OnStoreFailure", "Throw"),
            ("Orleans:LogConsistency:strict:Snapshots:EveryEvents", "50"));

        var strict = Assert.IsType<LogConsistencyProvider>(host.Services.GetRequiredKeyedService<ILogViewAdaptorFactory>("strict")).Options;
        Assert.Equal((StoreFailurePolicy.Throw, 50L), (strict.OnStoreFailure, strict.Snapshots.EveryEvents));
        var unnamed = Assert.IsType<LogConsistencyProvider>(host.Services.GetRequiredService<ILogViewAdaptorFactory>());
        Assert.Equal(("Default", StoreFailurePolicy.Retry), (unnamed.Name, unnamed.Options.OnStoreFailure));
    }

    [Fact]
    [Trait("Requirement", "o.7")]
    public void A_type_of_provider_that_nobody_knows_is_refused_and_named()
    {
        var error = Assert.Throws<OrleansConfigurationException>(() => Configured(("Orleans:LogConsistency:logs:ProviderType", "Redis")).Dispose());

        Assert.Contains("Orleans:LogConsistency:logs:ProviderType must be 'Persist'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'Redis'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "o.7")]
    public async Task A_silo_tells_at_its_start_which_grains_name_a_provider_that_it_does_not_have()
    {
        var lines = new RecordedLog();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddProvider(lines);
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(FreePort.Next(), FreePort.Next())
            .AddPersist(persist => persist.UseMemory())
            .AddPersistBasedLogConsistencyProvider("LogStorage"));
        using var host = builder.Build();

        await host.StartAsync().WaitAsync(Patience);
        await host.StopAsync().WaitAsync(Patience);

        Assert.Contains(lines.Errors, line => line.Contains(nameof(UnprovidedLogGrain), StringComparison.Ordinal) && line.Contains("'Nobody'", StringComparison.Ordinal));
        Assert.DoesNotContain(lines.Errors, line => line.Contains(nameof(NamedLogGrain), StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Requirement", "o.7")]
    public void Two_providers_of_one_name_are_refused_when_the_second_is_added()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.UseOrleans(silo =>
        {
            silo.AddPersistBasedLogConsistencyProvider("Twice");
            var error = Assert.Throws<OrleansConfigurationException>(() => silo.AddPersistBasedLogConsistencyProvider("Twice"));
            Assert.Contains("'Twice'", error.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    [Trait("Requirement", "o.7")]
    public async Task A_silo_with_a_provider_of_orleans_under_the_same_name_does_not_start_and_says_why()
    {
        var error = await StartAsync(silo =>
        {
            silo.AddPersistBasedLogConsistencyProvider("Twice");
            silo.AddLogStorageBasedLogConsistencyProvider("Twice");
        });

        Assert.Contains("The silo has 2 log-consistency providers named 'Twice'", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ConfirmTimeout", "00:00:00")]
    [InlineData("ActivationTimeout", "-00:00:01")]
    [InlineData("DeactivationTimeout", "00:00:00")]
    [InlineData("MinRetryDelay", "00:00:00")]
    [InlineData("MaxRetryDelay", "00:00:00.001")]
    [InlineData("Attempts", "0")]
    [InlineData("Snapshots:EveryEvents", "-1")]
    [InlineData("OnConflict", "9")]
    [Trait("Requirement", "o.7")]
    public async Task A_silo_with_an_option_out_of_range_does_not_start_and_names_it(string option, string value)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new(option, value)]).Build();

        var error = await StartAsync(silo => silo.AddPersistBasedLogConsistencyProvider("Bad", (OptionsBuilder<PersistLogConsistencyOptions> options) => options.Bind(configuration)));

        Assert.Contains($"PersistLogConsistencyOptions.{option.Split(':')[0]} of the log-consistency provider 'Bad'", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "o.7")]
    public async Task A_silo_without_the_grain_storage_that_is_to_be_imported_from_does_not_start_and_names_the_option()
    {
        var error = await StartAsync(silo => silo.AddPersistBasedLogConsistencyProvider("Moved", (PersistLogConsistencyOptions options) =>
            (options.ImportFrom, options.ImportStorage) = (LogImport.LogStorage, "Nobody")));

        Assert.Contains("PersistLogConsistencyOptions.ImportStorage of the log-consistency provider 'Moved' must be a grain storage that the silo has; it is Nobody", error.ToString(), StringComparison.Ordinal);
    }

    private static IHost Configured(params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value)));
        builder.UseOrleans(silo => silo.UseLocalhostClustering().AddPersist(persist => persist.UseMemory()));
        return builder.Build();
    }

    private static async Task<Exception> StartAsync(Action<ISiloBuilder> configure)
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddPersist(persist => persist.UseMemory());
            configure(silo);
        });
        await using var cluster = builder.Build();
        return await Assert.ThrowsAnyAsync<Exception>(() => cluster.DeployAsync().WaitAsync(Patience));
    }
}
