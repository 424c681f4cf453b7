using System.CommandLine;
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
            Description = "Where HTTP is served; several are separated by semicolons. Beyond loopback a key must be configured (Web:ApiKeys).",
            HelpName = "URLS",
            DefaultValueFactory = _ => "http://127.0.0.1:5080",
        };
        urls.Validators.Add(result =>
        {
            try
            {
                ListenAddress.ParseAll(result.GetValueOrDefault<string>() ?? "");
            }
            catch (FormatException e)
            {
                result.AddError($"--urls: {e.Message}");
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
            new RunSettings(
                result.GetRequiredValue(data), ListenAddress.ParseAll(result.GetRequiredValue(urls)), GrpcHosting.Split(result.GetRequiredValue(grpcUrls)), result.GetValue(set) ?? [], result.GetValue(CommonOptions.Verbose)),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(RunSettings settings, CancellationToken cancellationToken)
    {
        DataDirectory.Exists(settings.Data);
        await using var app = WebHost.Build(settings, out var sources);
        await app.StartAsync(cancellationToken);
        Console.WriteLine(
            $"engine: {EngineChoice.Description}; data: {StorageLocation.Describe(settings.Data)}; sources: {(sources.Count > 0 ? string.Join(", ", sources) : "none configured")}; http: {string.Join(", ", app.Urls)}{GrpcHosting.Describe(app.Services)}");
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
