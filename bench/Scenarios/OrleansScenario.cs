using System.Text.Json.Nodes;

namespace Orleans.Persist.Bench.Scenarios;

/// <summary>Journaled grains on one silo: on Orleans' own providers over memory, and on ours over memory and the embedded store. Without the Orleans packages it says so.</summary>
internal sealed class OrleansScenario : IScenario
{
    public string Name => "orleans";

    public string Description => "Journaled grains on one silo, by Orleans' LogStorage and StateStorage and by Orleans.Journaling over memory, and by ours over memory and embedded: confirming, loading, growing, 1,000 grains at once.";

    public Task<JsonObject> RunAsync(double scale, Action<string> log, CancellationToken cancellationToken)
    {
#if ORLEANS
        return OrleansGrains.SiloRun.RunAsync(scale, log, cancellationToken);
#else
        log("This bench was built without the Microsoft.Orleans packages: this machine's feeds lack them, or -p:Orleans=false was given. Nothing was measured.");
        return Task.FromResult(new JsonObject { ["scenario"] = Name, ["orleans"] = false });
#endif
    }
}
