using Orleans.Persist.Processes;

namespace Orleans.Persist.TestKit.Processes;

/// <summary>The settings of a test of one process.</summary>
public sealed record ProcessTestOptions
{
    /// <summary>The persist id: with the version the key of its random numbers. Default <c>process/1</c>.</summary>
    public ProcessId Id { get; init; } = new("process", "1");

    /// <summary>What the clock shows at first (UTC). Default 2020-01-01, midnight.</summary>
    public DateTimeOffset Start { get; init; } = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The kinds it sends to. Messages to these are encoded, or refused, as these kinds do it; those to others as JSON.</summary>
    public IReadOnlyCollection<ProcessDefinition> Receivers { get; init; } = [];

    /// <summary>Whether after every turn the state is also rebuilt from the journal and has to be equal, draws and sends included (requirements m.2, m.9). Default true; to be turned off where recovery is meant to give another state.</summary>
    public bool CheckRebuild { get; init; } = true;

    /// <summary>The longest a turn may take, on the machine's clock. Default 30 seconds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);
}
