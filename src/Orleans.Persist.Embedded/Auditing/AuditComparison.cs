using Orleans.Persist.Audit;
using Orleans.Persist.Embedded.Format;
using Orleans.Persist.Embedded.Reading;

namespace Orleans.Persist.Embedded.Auditing;

/// <summary>Gives an <see cref="AuditVerifier"/> the events that a reader would see: not those that were truncated or deleted, and are only not yet compacted away.</summary>
internal sealed class AuditComparison(AuditVerifier verifier, IReadOnlyDictionary<string, (int Incarnation, long FirstKept)> heads)
{
    public void Add(RecordView record)
    {
        if (record.Header.Events == 0)
            return;
        var stream = record.ReadName();
        if (!heads.TryGetValue(stream, out var head) || record.Header.Incarnation != head.Incarnation)
            return;
        for (var events = new RecordEvents(record, stream); !events.AtEnd;)
        {
            var @event = events.Next();
            if (@event.Version >= head.FirstKept)
                verifier.Add(@event);
        }
    }

    public AuditReport Finish() => verifier.Finish();
}
