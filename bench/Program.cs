using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orleans.Persist.Bench;
using Orleans.Persist.Bench.Measuring;
using Orleans.Persist.Bench.Scenarios;
using Spectre.Console;

if (args is ["append-child", var path])
    return await AppendChild.RunAsync(path);
if (args is ["replay-child", ..])
    return await ReplayChild.RunAsync(args[1..]);
if (args is ["rebuild-child", var log, var bare])
    return await RebuildChild.RunAsync(log, bool.Parse(bare));

if (args is ["scopes-child", var million, var count])
    return await ScopesMillion.RunChildAsync(million, int.Parse(count, System.Globalization.CultureInfo.InvariantCulture));

var json = new Option<bool>("--json") { Description = "Print one JSON object as the last line of standard output, instead of a table." };
var scale = new Option<double>("--scale") { Description = "Size of the run: 1 for the documented sizes, less for a quick look.", DefaultValueFactory = _ => 1 };
scale.Validators.Add(result =>
{
    if (result.GetValueOrDefault<double>() is not (> 0 and <= 1))
        result.AddError("--scale must be above 0 and at most 1.");
});
var root = new RootCommand("Measures Orleans.Persist. Ratios are taken within one run, against what the scenario names. Build with -c Release.");
foreach (var scenario in new IScenario[] { new AppendScenario(), new ReplayScenario(), new RebuildScenario(), new ProcessesScenario(), new QueryScenario(), new AzureScenario(), new ScopesScenario(), new OrleansScenario() })
{
    var command = new Command(scenario.Name, scenario.Description) { json, scale };
    command.SetAction(async (parsed, cancellationToken) =>
    {
        var figures = await scenario.RunAsync(parsed.GetValue(scale), line => Console.Error.WriteLine(line), cancellationToken);
        if (parsed.GetValue(json))
            Console.WriteLine(figures.ToJsonString());
        else
            Show(figures);
        return 0;
    });
    root.Add(command);
}

return await root.Parse(args).InvokeAsync();

static void Show(JsonObject figures)
{
    var table = new Table().AddColumn("figure").AddColumn(new TableColumn("value").RightAligned());
    foreach (var (name, value) in Flatten(figures, ""))
        table.AddRow(Markup.Escape(name), Markup.Escape(value));
    AnsiConsole.Write(table);
}

static IEnumerable<(string Name, string Value)> Flatten(JsonNode? node, string name) => node switch
{
    JsonObject item => item.SelectMany(pair => Flatten(pair.Value, name.Length == 0 ? pair.Key : $"{name}.{pair.Key}")),
    null => [(name, "")],
    _ => [(name, node.ToJsonString(JsonSerializerOptions.Default))],
};
