using Bank.Accounts;
using Bank.Statements;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Hosting;
using Orleans.Persist.Hosting;
using Orleans.Persist.Sources;

namespace Bank;

/// <summary>The process that is killed: a silo with the accounts, their statements, and the journal of both.</summary>
internal static class BankSilo
{
    public const string Ready = "ready";
    public const string Cluster = "bank";

    public static async Task<int> RunAsync(string directory, int siloPort, int gatewayPort, int daysAgo, CancellationToken cancellationToken)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddConsole(options => options.LogToStandardErrorThreshold = LogLevel.Trace).SetMinimumLevel(LogLevel.Error);
        builder.Services.AddSingleton<TimeProvider>(new ShiftedClock(daysAgo));
        builder.Services.ConfigureAll<EventSourceOptions>(options => options.ExportEvery = 10);
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(siloPort, gatewayPort, serviceId: Cluster, clusterId: Cluster)
            .AddPersist(persist => persist.UseEmbeddedJournal(directory)));
        using var host = builder.Build();
        await host.StartAsync(cancellationToken);
        Console.Out.WriteLine(Ready);
        Console.Out.Flush();

        // Standard input is a pipe from the parent: the silo ends in order when it is closed, and with the parent.
        await Task.Factory.StartNew(
            () =>
            {
                using var input = Console.OpenStandardInput();
                while (input.ReadByte() >= 0)
                {
                }
            },
            cancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        await host.StopAsync(CancellationToken.None);
        return 0;
    }
}
