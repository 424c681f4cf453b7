using Orleans.Persist.Journal;
using Orleans.Persist.Sources;
using Orleans.Persist.Tests.Sources;

namespace Orleans.Persist.Tests.Hosting;

/// <summary>A sink that does not start.</summary>
internal sealed class RefusingSink : EventSink<CountingState>
{
    public override string Name => "refusing";

    protected override ValueTask OnImportedAsync(CountingState state, long version, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("not today");

    protected override ValueTask ApplyAsync(CountingState state, RecordedEvent @event, CancellationToken cancellationToken) => default;
}
