using System.CommandLine;
using System.Text;
using Orleans.Persist.Client;
using Orleans.Persist.Samples.EventStoreClient;

// The command line of the published eventstore-client: same flags, same defaults, same texts.
var server = new Option<string>("--server") { Description = "Event store server: host:port, dns:///host:port or https://host:port.", Required = true };
var verb = new Option<string>("--command") { Description = "What to do.", Required = true };
verb.AcceptOnlyFromAmong("load", "save", "delete");
var scope = new Option<string>("--scope") { Description = "The scope of the value.", Required = true };
scope.AcceptOnlyFromAmong("Global", "Bridge", "Instance");
var bridge = new Option<string>("--bridge") { Description = "Bridge identifier.", DefaultValueFactory = _ => "" };
var instance = new Option<string>("--instance") { Description = "Bridge instance identifier.", DefaultValueFactory = _ => "" };
var key = new Option<string>("--key") { Description = "The key of the value.", Required = true };
var value = new Option<string>("--value") { Description = "The value to save, as text.", DefaultValueFactory = _ => "" };
var ttl = new Option<int>("--ttl") { Description = "Time to live in seconds; 0 for the server's default of the scope.", DefaultValueFactory = _ => 5 };
var timeout = new Option<TimeSpan>("--timeout")
{
    Description = "The longest that connecting and the call may each take, such as 5s, 500ms or 1m30s.",
    DefaultValueFactory = _ => TimeSpan.FromSeconds(5),
    CustomParser = result =>
    {
        if (GoDuration.TryParse(result.Tokens[0].Value, out var duration))
            return duration;
        result.AddError($"--timeout: '{result.Tokens[0].Value}' is no duration such as 5s, 500ms or 1m30s.");
        return default;
    },
};
var root = new RootCommand("Saves, loads and deletes values of an event store.") { server, verb, scope, bridge, instance, key, value, ttl, timeout };
root.SetAction(async (arguments, cancellationToken) =>
{
    try
    {
        await using var client = new EventStoreClient(arguments.GetRequiredValue(server), arguments.GetRequiredValue(timeout));
        await client.ConnectAsync(cancellationToken);
        var values = arguments.GetRequiredValue(scope) switch
        {
            "Global" => client.Global(),
            "Bridge" => client.Bridge(arguments.GetRequiredValue(bridge)),
            _ => client.Instance(arguments.GetRequiredValue(bridge), arguments.GetRequiredValue(instance)),
        };
        switch (arguments.GetRequiredValue(verb))
        {
            case "load":
                var loaded = await values.LoadValueAsync(arguments.GetRequiredValue(key), cancellationToken);
                Console.WriteLine($"Loaded value (string): {Encoding.UTF8.GetString(loaded.Span)}");
                break;
            case "save":
                await values.SaveValueAsync(arguments.GetRequiredValue(key), Encoding.UTF8.GetBytes(arguments.GetRequiredValue(value)), arguments.GetRequiredValue(ttl), cancellationToken);
                Console.WriteLine("Saved.");
                break;
            default:
                await values.DeleteValueAsync(arguments.GetRequiredValue(key), cancellationToken);
                Console.WriteLine("Deleted.");
                break;
        }

        return 0;
    }
    catch (EventStoreException e)
    {
        await Console.Error.WriteLineAsync($"rpc error: code = {e.Status} desc = {e.Message}");
        return 1;
    }
    catch (Exception e) when (e is ArgumentException or OperationCanceledException)
    {
        await Console.Error.WriteLineAsync(e.Message);
        return 1;
    }
});
return await root.Parse(args).InvokeAsync();
