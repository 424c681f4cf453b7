using Orleans.Persist.Audit;
using Orleans.Persist.Embedded.Format;
using Orleans.Persist.Embedded.Reading;

namespace Orleans.Persist.Embedded.Auditing;

/// <summary>What a pass over the journal finds that comparing its events with checkpoints needs: what each stream still has, and the checkpoints beside the sources.</summary>
internal sealed class AuditScan
{
    private readonly Dictionary<string, (int Incarnation, long FirstKept)> _heads = new(StringComparer.Ordinal);
    private readonly List<AuditCheckpoint> _anchors = [];

    /// <summary>Sees the next record.</summary>
    public void See(RecordView record)
    {
        var stream = record.ReadName();
        if (record.Header.Kind is not RecordKind.Producer)
            _heads[stream] = (record.Header.Incarnation, record.Header.FirstKept);
        if (!stream.StartsWith(AuditTrail.StreamPrefix, StringComparison.Ordinal))
            return;
        for (var events = new RecordEvents(record, stream); !events.AtEnd;)
        {
            try
            {
                _anchors.Add(AuditTrail.Read(events.Next()));
            }
            catch (FormatException)
            {
                // It is not trusted anyway: without an anchor, the events behind it are not proven up to the next checkpoint.
            }
        }
    }

    /// <summary>Begins the comparison, once everything has been seen.</summary>
    public AuditComparison Compare(IEnumerable<AuditCheckpoint> checkpoints, AuditKey? key) => new(new AuditVerifier(checkpoints, _anchors, key), _heads);
}
