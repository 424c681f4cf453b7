using System.CommandLine;
using System.Globalization;
using System.Net;
using Orleans.Persist.SiloHost.Hosting;

namespace Orleans.Persist.SiloHost.Commands;

/// <summary>The options of a silo.</summary>
internal sealed class SiloOptions
{
    private readonly Option<int> _siloPort = Port("--silo-port", "Where other silos reach this one. 0: any free port.");
    private readonly Option<int> _gatewayPort = Port("--gateway-port", "Where clients of the cluster reach this silo. 0: any free port.");
    private readonly Option<IPEndPoint?> _primary = new("--primary")
    {
        Description = "The silo port, on this machine, of the silo that began the cluster, for a silo that joins it. Needs a storage that silos share.",
        HelpName = "PORT",
        CustomParser = result =>
        {
            if (ushort.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var port) && port > 0)
                return new IPEndPoint(IPAddress.Loopback, port);
            result.AddError($"--primary: '{result.Tokens[0].Value}' is no port.");
            return null;
        },
    };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_siloPort);
        command.Options.Add(_gatewayPort);
        command.Options.Add(_primary);
    }

    /// <summary>What they say.</summary>
    /// <exception cref="UsageException">One is given that the engine does not have.</exception>
    public EngineSettings Settings(ParseResult result, string data, HostEngine engine)
    {
        var settings = new EngineSettings(data)
        {
            Engine = engine,
            SiloPort = result.GetValue(_siloPort),
            GatewayPort = result.GetValue(_gatewayPort),
            Primary = result.GetValue(_primary),
        };
        if (engine is HostEngine.Local && (settings.SiloPort != 0 || settings.GatewayPort != 0 || settings.Primary is not null))
            throw new UsageException("--silo-port, --gateway-port and --primary are for --engine orleans.");
        return settings;
    }

    private static Option<int> Port(string name, string description)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "PORT" };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && (!int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var port) || port is < 0 or > 65_535))
                result.AddError($"{name}: '{result.Tokens[0].Value}' is no port.");
        });
        return option;
    }
}
