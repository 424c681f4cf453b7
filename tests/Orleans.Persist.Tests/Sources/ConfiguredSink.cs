using Orleans.Persist.Journal;
using Orleans.Persist.Sources;

namespace Orleans.Persist.Tests.Sources;

/// <summary>A sink that is no grain; the silos are configured with it.</summary>
public sealed class ConfiguredSink : EventSink<CountingState>
{
    public override string Name => "plain";

    protected override ValueTask ApplyAsync(CountingState state, RecordedEvent @event, CancellationToken cancellationToken)
    {
        state.Versions.Add(@event.Version);
        state.Ids.Add(@event.Id);
        return default;
    }
}
