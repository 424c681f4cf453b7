using System.CommandLine;
using Orleans.Persist.Hosting;
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
        var engine = CommonOptions.Engine(EngineChoice.Default);
        var silo = new SiloOptions();
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
            data, engine, urls, grpcUrls, set,
        };
        silo.AddTo(command);
        command.SetAction((result, cancellationToken) => RunAsync(
            new RunSettings(
                silo.Settings(result, result.GetRequiredValue(data), result.GetValue(engine)),
                ListenAddress.ParseAll(result.GetRequiredValue(urls)),
                GrpcHosting.Split(result.GetRequiredValue(grpcUrls)),
                result.GetValue(set) ?? [],
                result.GetValue(CommonOptions.Verbose)),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(RunSettings settings, CancellationToken cancellationToken)
    {
        var engine = settings.Engine;
        DataDirectory.Exists(engine.Data);
        await using var app = WebHost.Build(settings, out var sources);
        await app.StartOrStopAsync(cancellationToken);
        Console.WriteLine(
            $"engine: {EngineChoice.Describe(engine.Engine)}; data: {StorageLocation.Describe(engine.Data)}; sources: {(sources.Count > 0 ? string.Join(", ", sources) : "none configured")}; http: {string.Join(", ", app.Urls)}{GrpcHosting.Describe(app.Services)}");
        await app.WaitForShutdownAsync(cancellationToken);
        return await SayHowItEndedAsync(engine.Engine is HostEngine.Local
            ? await ProblemsAsync(app.Services.GetRequiredService<IPersistEngine>(), sources)
            : app.Services.GetRequiredService<IEngineHealth>().Problems); // the silo is gone and can be asked nothing more
    }

    private static async Task<IReadOnlyList<string>> ProblemsAsync(IPersistEngine engine, IReadOnlyList<string> sources)
    {
        var problems = new List<string>();
        foreach (var name in sources)
        {
            var source = await engine.GetSourceAsync(name);
            problems.AddRange((await source.GetSinksAsync())
                .Where(sink => sink.LastError is not null)
                .Select(sink => $"sink '{sink.Name}' of source '{name}', exported up to version {sink.ExportedVersion:N0}: {sink.LastError}"));
        }

        return problems;
    }

    private static async Task<int> SayHowItEndedAsync(IReadOnlyList<string> problems)
    {
        foreach (var problem in problems)
            await Console.Error.WriteLineAsync($"error: {problem}");
        Console.WriteLine(problems.Count > 0 ? "stopped." : "stopped: the sinks have exported.");
        return problems.Count > 0 ? ExitCodes.Failed : ExitCodes.Done;
    }
}
