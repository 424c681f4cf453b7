using Orleans.Persist.Journal;

namespace Orleans.Persist.Audit;

/// <summary>One incarnation of a source while it is compared with its checkpoints.</summary>
internal sealed class AuditedStream(string source, int incarnation, List<AuditCheckpoint> checkpoints)
{
    private readonly Dictionary<long, AuditCheckpoint> _anchors = [];
    private readonly List<AuditFinding> _findings = [];
    private AuditChain? _chain = new(source, incarnation);
    private int _next;
    private int _holding;
    private long _version;
    private long _begin;
    private long _proven;
    private long _unproven;
    private long _truncated;

    public void AddAnchor(AuditCheckpoint anchor) => _anchors[anchor.Version] = anchor;

    public void Add(RecordedEvent @event)
    {
        if (@event.Version != _version + 1)
            Skip(@event.Version - 1);
        _version = @event.Version;
        _chain?.Add(@event);
        while (_next < checkpoints.Count && checkpoints[_next].Version <= _version)
            Compare(checkpoints[_next++]);
    }

    public AuditReport Finish()
    {
        _unproven += _version - _begin;
        if (_next < checkpoints.Count)
        {
            var last = checkpoints[^1].Version;
            _findings.Add(new AuditFinding(source, _begin + 1, last, _version == 0
                ? $"none of the events of incarnation {incarnation} are there; checkpoints prove {last}"
                : $"an event from version {_begin + 1} on was removed: the source ends at version {_version}, and a checkpoint was taken at {last}"));
        }

        return new AuditReport { Checkpoints = _holding, Proven = _proven, Unproven = _unproven, Truncated = _truncated, Findings = _findings };
    }

    /// <summary>Events up to a version are not there: truncated away, as the source says, if they are its first ones.</summary>
    private void Skip(long version)
    {
        if (_version == 0)
            _truncated = version;
        else
            _findings.Add(new AuditFinding(source, _version + 1, version, $"the events from version {_version + 1} to {version} are missing"));
        _unproven += _version - _begin;
        while (_next < checkpoints.Count && checkpoints[_next].Version < version)
            _next++;
        var start = _next < checkpoints.Count && checkpoints[_next].Version == version ? checkpoints[_next++] : _anchors.GetValueOrDefault(version);
        _chain = start is null ? null : new AuditChain(start);
        (_version, _begin) = (version, version);
    }

    private void Compare(AuditCheckpoint checkpoint)
    {
        if (_chain is null)
        {
            _unproven += checkpoint.Version - _begin;
        }
        else if (_chain.Hash == checkpoint.Hash)
        {
            _holding++;
            _proven += checkpoint.Version - _begin;
        }
        else
        {
            _findings.Add(new AuditFinding(
                source, _begin + 1, checkpoint.Version, $"an event from version {_begin + 1} to {checkpoint.Version} was changed, inserted or removed: the checkpoint taken {checkpoint.Taken:u} does not hold"));
        }

        (_chain, _begin) = (new AuditChain(checkpoint), checkpoint.Version);
    }
}
