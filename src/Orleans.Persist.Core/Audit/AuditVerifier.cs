using Orleans.Persist.Journal;

namespace Orleans.Persist.Audit;

/// <summary>Compares the events of sources, given one after the other, with checkpoints that were kept elsewhere.</summary>
/// <remarks>
/// Each stretch between two checkpoints is judged by itself, from the hash of the one to the hash of the other, so a change is located between two of them.
/// Anchors are checkpoints that stood beside the events and need not be trusted: they only begin a chain, which the next trusted checkpoint has to confirm.
/// </remarks>
public sealed class AuditVerifier
{
    private readonly Dictionary<(string Source, int Incarnation), AuditedStream> _streams;

    /// <summary>Begins with checkpoints.</summary>
    /// <param name="checkpoints">Those that are trusted.</param>
    /// <param name="anchors">Those that stood beside the events.</param>
    /// <param name="key">The key that all trusted ones must have been signed with, or null.</param>
    /// <exception cref="ArgumentException">A trusted checkpoint has no good signature, or contradicts another one; the message names it.</exception>
    public AuditVerifier(IEnumerable<AuditCheckpoint> checkpoints, IEnumerable<AuditCheckpoint>? anchors = null, AuditKey? key = null)
    {
        ArgumentNullException.ThrowIfNull(checkpoints);
        _streams = checkpoints.GroupBy(c => (c.Source, c.Incarnation)).ToDictionary(group => group.Key, group => new AuditedStream(group.Key.Source, group.Key.Incarnation, Sorted(group, key)));
        foreach (var anchor in anchors ?? [])
        {
            if (_streams.TryGetValue((anchor.Source, anchor.Incarnation), out var stream))
                stream.AddAnchor(anchor);
        }
    }

    /// <summary>Takes the next event. Those of one source come in the order of their versions; those of sources without checkpoints are passed over.</summary>
    public void Add(RecordedEvent @event)
    {
        ArgumentNullException.ThrowIfNull(@event);
        if (_streams.TryGetValue((@event.Stream, @event.Incarnation), out var stream))
            stream.Add(@event);
    }

    /// <summary>What it came to, once all events have been given.</summary>
    public AuditReport Finish()
    {
        var reports = _streams.OrderBy(s => s.Key).Select(s => s.Value.Finish()).ToList();
        return new AuditReport
        {
            Checkpoints = reports.Sum(r => r.Checkpoints),
            Proven = reports.Sum(r => r.Proven),
            Unproven = reports.Sum(r => r.Unproven),
            Truncated = reports.Sum(r => r.Truncated),
            Findings = [.. reports.SelectMany(r => r.Findings)],
        };
    }

    private static List<AuditCheckpoint> Sorted(IEnumerable<AuditCheckpoint> checkpoints, AuditKey? key)
    {
        var sorted = new List<AuditCheckpoint>();
        foreach (var checkpoint in checkpoints.OrderBy(c => c.Version))
        {
            if (key?.Verify(checkpoint) == false)
                throw new ArgumentException($"The checkpoint of source '{checkpoint.Source}' at version {checkpoint.Version} has no good signature.", nameof(checkpoints));
            if (sorted.Count == 0 || sorted[^1].Version != checkpoint.Version)
                sorted.Add(checkpoint);
            else if (sorted[^1].Hash != checkpoint.Hash)
                throw new ArgumentException($"Two checkpoints of source '{checkpoint.Source}' at version {checkpoint.Version} contradict each other: one of them was taken of other events.", nameof(checkpoints));
        }

        return sorted;
    }
}
