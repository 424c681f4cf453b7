using System.Runtime.InteropServices;
using Orleans.Persist.Journal;
using Orleans.Persist.Projections;

namespace Orleans.Persist.Bench.Scenarios;

/// <summary>Counts events by type, with or without snapshots.</summary>
internal sealed class OrdersPerType(int snapshotEvery) : Projection<Dictionary<string, long>>
{
    public override string Name => "orders-per-type";

    public override int SnapshotEvery => snapshotEvery;

    protected override Dictionary<string, long> Create() => new(StringComparer.Ordinal);

    protected override Dictionary<string, long> Apply(Dictionary<string, long> state, RecordedEvent @event)
    {
        CollectionsMarshal.GetValueRefOrAddDefault(state, @event.Type, out _)++;
        return state;
    }
}
