using Orleans.Persist.Web.CloudEvents;
using System.CommandLine;
using System.CommandLine.Parsing;
using Orleans.Persist.Journal;
using Orleans.Persist.SiloHost.Hosting;
using Orleans.Persist.SiloHost.Ingest;

namespace Orleans.Persist.SiloHost.Commands;

/// <summary>Options that several commands have.</summary>
internal static class CommonOptions
{
    /// <summary>Whether errors come with their stack traces. On every command.</summary>
    public static Option<bool> Verbose { get; } = new("--verbose") { Description = "Show stack traces with errors, and more of the log.", Recursive = true };

    /// <summary>What keeps the events. On every command.</summary>
    public static Option<StorageKind> Storage { get; } = new("--storage") { Description = "What keeps the events: a directory (embedded), or Azure Storage (azure).", HelpName = "embedded|azure", Recursive = true };

    /// <summary>The storage account. On every command.</summary>
    public static Option<string?> ConnectionString { get; } = new("--connection-string")
    {
        Description = $"The storage account's connection string; UseDevelopmentStorage=true for an emulator. Better in the environment or appsettings.json: {StorageLocation.ConnectionStringSetting}.",
        HelpName = "STRING",
        Recursive = true,
    };

    /// <summary>The directory or table.</summary>
    public static Option<string> Data()
    {
        var option = new Option<string>("--data")
        {
            Description = "The directory that holds the events, which one process at a time can use; or azure:TABLE.",
            HelpName = "DIR",
            DefaultValueFactory = result => result.GetValue(Storage) is StorageKind.Azure ? StorageLocation.DefaultAzure : "data",
        };
        option.Validators.Add(result =>
        {
            if (result.GetValue(Storage) is StorageKind.Azure && result.GetValueOrDefault<string>() is { } data && !StorageLocation.IsAzure(data))
                result.AddError($"--data: '{data}' is a directory, and --storage is azure; name a table with azure:TABLE.");
        });
        return option;
    }

    /// <summary>The engine.</summary>
    /// <param name="otherwise">The one where none is named.</param>
    public static Option<HostEngine> Engine(HostEngine otherwise)
    {
        var option = new Option<HostEngine>("--engine")
        {
            Description = "What runs sources and sinks: local (this process) or orleans (a silo in this process).",
            HelpName = "local|orleans",
            DefaultValueFactory = _ => otherwise,
            CustomParser = result => result.Tokens[0].Value switch
            {
                "local" => HostEngine.Local,
                "orleans" => HostEngine.Orleans,
                var other => Unknown(result, other),
            },
        };
        return option;

        static HostEngine Unknown(ArgumentResult result, string value)
        {
            result.AddError($"--engine: '{value}' is not known; there are local and orleans.");
            return default;
        }
    }

    /// <summary>The source's name.</summary>
    public static Option<string> Source()
    {
        var option = new Option<string>("--source") { Description = "The name of the event source.", HelpName = "NAME", Required = true };
        option.Validators.Add(result => Check(result, () => ValidateSource(result.GetValueOrDefault<string>()!)));
        return option;
    }

    /// <summary>Machine-readable output.</summary>
    public static Option<bool> Json() => new("--json") { Description = "Print JSON instead of a table." };

    /// <summary>A time.</summary>
    public static Option<DateTimeOffset?> Time(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = result =>
        {
            if (TimeText.TryParse(result.Tokens[0].Value, out var time))
                return time;
            result.AddError($"{name}: '{result.Tokens[0].Value}' is no time; {TimeText.Expected}.");
            return null;
        },
    };

    /// <summary>A number of 1 or more.</summary>
    public static Option<long?> Positive(string name, string description, string helpName)
    {
        var option = new Option<long?>(name) { Description = description, HelpName = helpName };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && long.TryParse(result.Tokens[0].Value, out var value) && value < 1)
                result.AddError($"{name} must be 1 or more; it is {value}.");
        });
        return option;
    }

    private static void ValidateSource(string name)
    {
        StreamName.Validate(name, "source");
        if (name[0] == '$')
            throw new ArgumentException("Names of sources must not begin with '$'; those are the engine's own.");
    }

    private static void Check(OptionResult result, Action check)
    {
        try
        {
            check();
        }
        catch (ArgumentException e)
        {
            result.AddError($"{result.Option.Name}: {e.Message}");
        }
    }
}
