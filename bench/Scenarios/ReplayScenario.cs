using System.Text.Json.Nodes;
namespace Orleans.Persist.Bench.Scenarios;
internal sealed class ReplayScenario : IScenario
{
    public string Name => "replay";
    public string Description => "";
    public Task<JsonObject> RunAsync(double scale, Action<string> log, CancellationToken cancellationToken) => Task.FromResult(new JsonObject());
}
