using System.CommandLine;
using Orleans.Persist.SiloHost.Hosting;
using Orleans.Persist.SiloHost.Remote;

namespace Orleans.Persist.SiloHost.Commands;

/// <summary>The options that say where the events are: in a directory, or with a running host.</summary>
internal sealed class PlaceOptions
{
    private readonly Option<string> _data = CommonOptions.Data();
    private readonly Option<HostEngine>? _engine;
    private readonly Option<Uri?> _url = new("--url")
    {
        Description = $"A running host, such as http://127.0.0.1:5080, instead of a directory. A key that it wants comes from the environment: {RemoteTarget.KeyVariable}.",
        HelpName = "URL",
        CustomParser = result =>
        {
            if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps) && url.PathAndQuery == "/")
                return url;
            result.AddError($"--url: '{result.Tokens[0].Value}' is no address such as http://127.0.0.1:5080.");
            return null;
        },
    };

    /// <summary>The options.</summary>
    /// <param name="withEngine">Whether the engine can be chosen.</param>
    public PlaceOptions(bool withEngine = true) => _engine = withEngine ? CommonOptions.Engine(HostEngine.Local) : null;

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        _url.Validators.Add(result =>
        {
            if (result.GetResult(_data) is { Implicit: false })
                result.AddError("--data and --url exclude each other.");
        });
        command.Options.Add(_data);
        command.Options.Add(_url);
        if (_engine is not null)
            command.Options.Add(_engine);
    }

    /// <summary>What is asked for.</summary>
    public EnginePlace Get(ParseResult result) => new(
        new EngineSettings(result.GetRequiredValue(_data)) { Engine = _engine is null ? HostEngine.Local : result.GetValue(_engine) },
        result.GetValue(_url) is { } url ? new RemoteTarget(url, Environment.GetEnvironmentVariable(RemoteTarget.KeyVariable) is { Length: > 0 } key ? key : null) : null);
}
