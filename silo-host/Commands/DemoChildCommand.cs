using System.CommandLine;
using Orleans.Persist.SiloHost.Demo;
using Orleans.Persist.SiloHost.Hosting;

namespace Orleans.Persist.SiloHost.Commands;

/// <summary><c>demo-child</c>: the process that <c>demo</c> starts and kills; not for people.</summary>
internal static class DemoChildCommand
{
    /// <summary>The command's name.</summary>
    public const string Name = "demo-child";

    public static Command Create()
    {
        var data = new Option<string>("--data") { Required = true };
        var file = new Option<string>("--input") { Required = true };
        var events = new Option<long>("--events") { Required = true };
        var engine = CommonOptions.Engine(EngineChoice.Default);
        var killed = new Option<bool>("--to-be-killed");
        var input = new InputOptions();
        var command = new Command(Name, "A process of the demo.") { data, engine, file, events, killed };
        command.Hidden = true;
        input.AddTo(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            var demo = new DemoInput(result.GetRequiredValue(file), input.Format(result), input.Columns(result), "", "");
            await new DemoChild(
                new EngineSettings(result.GetRequiredValue(data)) { Engine = result.GetValue(engine) }, demo, new DemoPlan(result.GetValue(events)), result.GetValue(killed), Console.Out)
                .RunAsync(ParentWatch.Until(cancellationToken));
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>The arguments for a child.</summary>
    public static IEnumerable<string> Arguments(EngineSettings settings, DemoInput input, DemoPlan plan, bool toBeKilled)
    {
        List<string> arguments = [Name, "--data", settings.Data, "--engine", settings.Engine is HostEngine.Orleans ? "orleans" : "local", "--input", input.File, "--events", plan.Events.ToString(System.Globalization.CultureInfo.InvariantCulture)];
        if (toBeKilled)
            arguments.Add("--to-be-killed");
        Add("--format", input.Format?.ToString());
        Add("--id", input.Columns.Id);
        Add("--subject", input.Columns.Subject);
        Add("--type", input.Columns.Type);
        Add("--time", input.Columns.Time);
        return arguments;

        // One token, since a value may begin with a dash.
        void Add(string option, string? value)
        {
            if (value is not null)
                arguments.Add($"{option}={value}");
        }
    }
}
