#if ORLEANS
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Hosting;
using Orleans.Persist.SiloHost.Hosting;
using Orleans.Runtime;

namespace Orleans.Persist.SiloHost.Tests;

/// <summary>Several silos as several processes, which share the storage.</summary>
[Trait("Requirement", "o.9")]
public sealed class ClusterRunTests : HostTestBase
{
    private const string Cluster = "silo-host";

    [AzuriteFact]
    [Trait("Requirement", "o.10")]
    public async Task Options_join_silos_on_one_machine_and_what_one_gets_the_other_one_has()
    {
        var ports = FreePort.For(0, 0);
        await ShowAsync(
            ports[1],
            [],
            ["--silo-port", Text(ports[0]), "--gateway-port", Text(ports[1])],
            [],
            ["--primary", Text(ports[0])]);
    }

    /// <summary>The clustering provider that Orleans itself brings; those of clouds are packages with the same kind of settings.</summary>
    [AzuriteFact]
    public async Task A_clustering_provider_in_the_configuration_joins_them_too()
    {
        var ports = FreePort.For(0, 0, 0, 0);
        await ShowAsync(ports[1], Settings(ports[0], ports[1]), [], new(Settings(ports[2], ports[3])) { ["Orleans__Clustering__PrimarySiloEndPoint"] = $"127.0.0.1:{ports[0]}" }, []);

        static Dictionary<string, string> Settings(int silo, int gateway) => new()
        {
            ["Orleans__Clustering__ProviderType"] = "Development",
            ["Orleans__ClusterId"] = Cluster,
            ["Orleans__ServiceId"] = Cluster,
            ["Orleans__Endpoints__AdvertisedIPAddress"] = "127.0.0.1",
            ["Orleans__Endpoints__SiloPort"] = Text(silo),
            ["Orleans__Endpoints__GatewayPort"] = Text(gateway),
        };
    }

    [Theory]
    [InlineData("--set Orleans:Clustering:ProviderType=Redis", "reference the package that brings it")]
    [InlineData("--set Orleans:Clustering:ProviderType=Development --silo-port 7000", "Orleans:Endpoints:SiloPort")]
    [InlineData("--set Orleans:Clustering:ProviderType=Development --primary 7000", "Orleans:Endpoints:SiloPort")]
    public async Task A_provider_that_is_not_there_and_options_beside_one_are_wrong_use(string arguments, string expected)
    {
        var (exitCode, _, errors) = await RunAsync(
            ["run", "--urls", "http://127.0.0.1:0", "--storage", "azure", "--connection-string", "UseDevelopmentStorage=true", .. arguments.Split(' ')]);

        Assert.Equal(2, exitCode);
        Assert.Contains(expected, errors);
        Assert.Single(errors.Trim().Split('\n'));
    }

    private async Task ShowAsync(
        int gateway, Dictionary<string, string> firstSettings, string[] firstArguments, Dictionary<string, string> secondSettings, string[] secondArguments)
    {
        var connectionString = await SharedAzurite.ConnectionStringAsync();
        var table = $"azure:Cluster{gateway}";
        var (first, url) = await StartAsync(firstSettings, firstArguments);
        using (first)
        {
            var (second, otherUrl) = await StartAsync(secondSettings, secondArguments);
            using (second)
            {
                Assert.Equal(2, await MembersAsync(gateway));
                Write("f.ndjson", string.Join('\n', Enumerable.Range(1, 300).Select(i => CloudEvent(i))));
                await DoneAsync("ingest", "f.ndjson", "--source", "s", "--url", url);
                Assert.Equal(300, (await QueryAsync("--source", "s", "--url", otherUrl)).Count);

                second.Terminate();
                Assert.Equal(0, (await second.EndAsync()).ExitCode);
            }

            Assert.Contains("\"added\":0,", await DoneAsync("ingest", "f.ndjson", "--source", "s", "--url", url, "--json"));
            first.Terminate();
            Assert.Equal(0, (await first.EndAsync()).ExitCode);
        }

        async Task<(HostProcess Process, string Url)> StartAsync(Dictionary<string, string> settings, string[] arguments)
        {
            settings["AzureStorage__ConnectionString"] = connectionString;
            settings["Sources__s__Sinks__0"] = "events-per-type";
            var host = HostProcess.Start(Folder, settings, ["run", "--storage", "azure", "--data", table, "--urls", "http://127.0.0.1:0", .. arguments]);
            var line = await host.Output.ReadLineAsync().WaitAsync(HostProcess.Timeout);
            return line is null ? throw new InvalidOperationException((await host.EndAsync()).Errors) : (host, Regex.Match(line, @"http://127\.0\.0\.1:\d+").Value);
        }
    }

    /// <summary>How many silos the cluster has, as one of its gateways tells a client.</summary>
    private static async Task<int> MembersAsync(int gateway)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.UseOrleansClient(client => client.UseLocalhostClustering(gateway, Cluster, Cluster));
        using var host = builder.Build();
        await host.StartAsync();
        var silos = await host.Services.GetRequiredService<IGrainFactory>().GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true);
        await host.StopAsync();
        return silos.Count;
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
#endif
