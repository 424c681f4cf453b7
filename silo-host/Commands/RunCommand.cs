using System.CommandLine;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Orleans.Persist.SiloHost.Hosting;
using Orleans.Persist.SiloHost.Sinks;
using Orleans.Persist.Sources;

namespace Orleans.Persist.SiloHost.Commands;

/// <summary><c>run</c>: hosts the engine until it is told to stop.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var data = CommonOptions.Data();
        var urls = new Option<string>("--urls")
        {
            Description = "Where the health endpoint listens; several are separated by semicolons. /health/live, /health/ready.",
            HelpName = "URLS",
            DefaultValueFactory = _ => "http://127.0.0.1:5080",
        };
        urls.Validators.Add(result =>
        {
            foreach (var url in Split(result.GetValueOrDefault<string>() ?? ""))
            {
                if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttp)
                    result.AddError($"--urls: '{url}' is no address such as http://127.0.0.1:5080.");
            }
        });
        var grpcUrls = GrpcHosting.Urls();
        var set = new Option<string[]>("--set")
        {
            Description = "A setting, as in appsettings.json: Sources:gateway:ExportEvery=500. May be given more than once.",
            HelpName = "KEY=VALUE",
        };
        set.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => token.Value.IndexOf('=', StringComparison.Ordinal) <= 0))
                result.AddError($"--set: '{token.Value}' is not KEY=VALUE.");
        });
        var command = new Command(
            "run",
            $"""
            Hosts the engine on a directory until SIGINT (Ctrl+C) or SIGTERM; then every sink exports. This is the default command.

            Sources and sinks come from appsettings.json in the current directory, from environment variables
            (Sources__gateway__ExportEvery=500) and from --set, the last of which counts:
              "Sources": "gateway": "Sinks": ["events-per-type"], "ExportEvery": 1000, "ExportInterval": "00:05:00"
            Sinks: {string.Join(", ", HostSinks.Names)}.

            Example:
              silo-host run --data data --set Sources:gateway:Sinks:0=events-per-type
            """)
        {
            data, urls, grpcUrls, set,
        };
        command.SetAction((result, cancellationToken) => RunAsync(
            result.GetRequiredValue(data), Split(result.GetRequiredValue(urls)), Split(result.GetRequiredValue(grpcUrls)), result.GetValue(set) ?? [], result.GetValue(CommonOptions.Verbose), cancellationToken));
        return command;
    }

    private static string[] Split(string urls) => urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static async Task<int> RunAsync(string data, string[] urls, string[] grpcUrls, string[] settings, bool verbose, CancellationToken cancellationToken)
    {
        DataDirectory.Exists(data);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ApplicationName = "silo-host" });
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => setting.Split('=', 2)).Select(pair => KeyValuePair.Create(pair[0], (string?)pair[1])));
        builder.WebHost.UseUrls(urls);
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Logging.SetMinimumLevel(verbose ? LogLevel.Information : LogLevel.Warning);
        if (!verbose)
        {
            // A start that fails is told in one line, see Failure.
            builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
            builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.None);
        }

        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(options => options.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = EngineSession.StopTimeout);
        IReadOnlyList<string> sources = [];
        EngineChoice.Add(builder.Services, data, persist =>
        {
            sources = SourcesConfiguration.Apply(persist, builder.Configuration);
            GrpcHosting.AddStore(persist, grpcUrls, builder.Configuration);
        });
        GrpcHosting.Serve(builder.Services, grpcUrls, builder.Configuration);
        await using var app = builder.Build();
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
        app.MapHealthChecks("/health/ready", new HealthCheckOptions
        {
            Predicate = check => check.Tags.Contains(EngineHealthCheck.ReadyTag),
            ResponseWriter = (context, report) => context.Response.WriteAsync(
                string.Join('\n', report.Entries.Values.Select(entry => entry.Description).OfType<string>().Prepend(report.Status.ToString())), context.RequestAborted),
        });
        await app.StartAsync(cancellationToken);
        Console.WriteLine(
            $"engine: {EngineChoice.Description}; data: {Path.GetFullPath(data)}; sources: {(sources.Count > 0 ? string.Join(", ", sources) : "none configured")}; health: {string.Join(", ", app.Urls)}{GrpcHosting.Describe(app.Services)}");
        await app.WaitForShutdownAsync(cancellationToken);
        return await SayHowItEndedAsync(app.Services.GetRequiredService<IPersistEngine>(), sources);
    }

    private static async Task<int> SayHowItEndedAsync(IPersistEngine engine, IReadOnlyList<string> sources)
    {
        var failed = false;
        foreach (var name in sources)
        {
            var source = await engine.GetSourceAsync(name);
            foreach (var sink in (await source.GetSinksAsync()).Where(sink => sink.LastError is not null))
            {
                await Console.Error.WriteLineAsync($"error: sink '{sink.Name}' of source '{name}', exported up to version {sink.ExportedVersion:N0}: {sink.LastError}");
                failed = true;
            }
        }

        Console.WriteLine(failed ? "stopped." : "stopped: the sinks have exported.");
        return failed ? ExitCodes.Failed : ExitCodes.Done;
    }
}
