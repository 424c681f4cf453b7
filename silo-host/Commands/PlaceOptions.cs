using System.CommandLine;
using Orleans.Persist.SiloHost.Hosting;
using Orleans.Persist.SiloHost.Remote;

namespace Orleans.Persist.SiloHost.Commands;

/// <summary>The options that say where the events are: in a directory, or with a running host.</summary>
internal sealed class PlaceOptions
{
    private readonly Option<string> _data = CommonOptions.Data();
    private readonly Option<HostEngine> _engine = CommonOptions.Engine(HostEngine.Local);
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

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        _url.Validators.Add(result =>
        {
            if (result.GetResult(_data) is { Implicit: false })
                result.AddError("--data and --url exclude each other.");
            if (result.GetResult(_engine) is { Implicit: false })
                result.AddError("--engine and --url exclude each other: the running host has its own.");
        });
        command.Options.Add(_data);
        command.Options.Add(_engine);
        command.Options.Add(_url);
    }

    /// <summary>What is asked for.</summary>
    public EnginePlace Get(ParseResult result) => new(
        new EngineSettings(result.GetRequiredValue(_data)) { Engine = result.GetValue(_engine) },
        result.GetValue(_url) is { } url ? new RemoteTarget(url, Environment.GetEnvironmentVariable(RemoteTarget.KeyVariable) is { Length: > 0 } key ? key : null) : null);
}
