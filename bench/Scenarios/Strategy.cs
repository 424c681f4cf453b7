using Orleans.Persist.Processes;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Bench.Scenarios;

/// <summary>An actor that is rebuilt from its ticks.</summary>
internal sealed class Strategy : JournaledProcess<StrategyState, Tick>
{
    public const string Kind = "strategy";

    public static EventTypes<Tick> Messages { get; } = EventTypes<Tick>.Create(types => types.Add("tick", codec: new TickCodec()));

    public static ProcessDefinition Definition(SnapshotPolicy snapshots) => ProcessDefinition.Journaled<Strategy, StrategyState, Tick>(
        Kind, static () => new Strategy(), new ProcessOptions<StrategyState, Tick> { Kernel = new() { Events = Messages, Snapshots = snapshots } });

    protected override object? Handle(Tick message)
    {
        State.On(message);
        return null;
    }
}
