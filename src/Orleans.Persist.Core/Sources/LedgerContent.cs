using System.Text.Json;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Sources;

/// <summary>What a source has noted of its sinks, folded from its ledger's stream.</summary>
internal sealed class LedgerContent
{
    /// <summary>The type of the events that carry all records; the others' are the names of <see cref="SinkChangeKind"/>.</summary>
    public const string Checkpoint = "Checkpoint";

    private readonly Dictionary<string, SinkRecord> _sinks = new(StringComparer.Ordinal);

    public int Run { get; set; }

    public StreamHead Head { get; set; }

    public long PreviousCheckpoint { get; set; }

    public IEnumerable<SinkRecord> Sinks => _sinks.Values;

    public SinkRecord? Find(string sink) => _sinks.GetValueOrDefault(sink);

    /// <summary>Takes a change over. Null where it does not count (any longer), else what is known of the sink then.</summary>
    public SinkRecord? Apply(SinkChange change, DateTimeOffset time, int keep)
    {
        var before = _sinks.GetValueOrDefault(change.Sink);
        if (change.Kind is SinkChangeKind.SinkForgotten)
            return _sinks.Remove(change.Sink) ? before : null;
        var after = (before ?? new SinkRecord { Name = change.Sink }).With(change, time, keep);
        if (after is not null)
            _sinks[change.Sink] = after;
        return after;
    }

    public void Fold(RecordedEvent @event)
    {
        if (@event.Type is Checkpoint)
        {
            var state = JsonSerializer.Deserialize(@event.Data.Span, LedgerJson.Default.LedgerState)!;
            (Run, PreviousCheckpoint) = (state.Run, @event.Version);
            _sinks.Clear();
            foreach (var sink in state.Sinks)
                _sinks[sink.Name] = sink;
            return;
        }

        var record = JsonSerializer.Deserialize(@event.Data.Span, LedgerJson.Default.SinkRecord)!;
        if (@event.Type is nameof(SinkChangeKind.SinkForgotten))
            _sinks.Remove(record.Name);
        else
            _sinks[record.Name] = record;
    }
}
