using System.Text.Json.Nodes;

namespace Orleans.Persist.Bench;

/// <summary>Something that is measured.</summary>
internal interface IScenario
{
    /// <summary>The name on the command line.</summary>
    string Name { get; }

    /// <summary>What it measures, for the help.</summary>
    string Description { get; }

    /// <summary>Measures, and returns the figures. Progress goes to <paramref name="log"/>.</summary>
    Task<JsonObject> RunAsync(double scale, Action<string> log, CancellationToken cancellationToken);
}
