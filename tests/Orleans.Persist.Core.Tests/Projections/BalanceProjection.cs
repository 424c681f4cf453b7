using System.Globalization;
using System.Text;
using Orleans.Persist.Journal;
using Orleans.Persist.Projections;

namespace Orleans.Persist.Core.Tests.Projections;

/// <summary>A fold in which order matters, so that a missing, repeated or misplaced event shows.</summary>
internal sealed class BalanceProjection(int snapshotEvery, int schemaVersion = 1, params string[] types) : Projection<Balance>
{
    private int _applied;

    /// <summary>How many events were applied in all.</summary>
    public int Applied => _applied;

    public override string Name => "balance";

    public override int SchemaVersion => schemaVersion;

    public override int SnapshotEvery => snapshotEvery;

    public override IReadOnlyCollection<string>? Types => types.Length == 0 ? null : types;

    protected internal override Balance Create() => new(7, "", 0);

    protected internal override Balance Apply(Balance state, RecordedEvent @event)
    {
        Interlocked.Increment(ref _applied);
        var text = Encoding.UTF8.GetString(@event.Data.Span);
        return new Balance(unchecked((state.Sum * 31) + int.Parse(text, CultureInfo.InvariantCulture)), text, state.Events + 1);
    }
}
