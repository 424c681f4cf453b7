using Orleans.Persist.AzureStorage.Rows;

namespace Orleans.Persist.AzureStorage.Streams;

/// <summary>The versions of the newest events about those subjects of a stream that appends have asked for. What others append is caught up on, not looked up anew.</summary>
internal sealed class SubjectIndex
{
    private const int MaxSubjects = 4096;

    // Beyond that, looking up what is asked for is less to read than what came in between.
    private const long MaxCatchUp = 10_000;
    private readonly Dictionary<string, long> _newest = new(StringComparer.Ordinal);
    private int _incarnation;

    /// <summary>The version up to which all of it holds.</summary>
    public long AsOf { get; private set; }

    /// <summary>Whether there is anything to keep up to date.</summary>
    public bool IsTracking => _newest.Count > 0;

    /// <summary>Whether it holds for a stream in this state.</summary>
    public bool IsCurrent(HeadRow head) => _incarnation == head.Incarnation && AsOf == head.Version;

    /// <summary>The newest version about a subject, 0 for none, or null where it has not been looked up.</summary>
    public long? Find(string subject) => _newest.TryGetValue(subject, out var version) ? version : null;

    /// <summary>Forgets everything that it would take too long to bring up to a state.</summary>
    /// <returns>Whether what is left has to be caught up on.</returns>
    public bool Prepare(HeadRow head)
    {
        if (_incarnation != head.Incarnation || AsOf > head.Version || head.Version - AsOf > MaxCatchUp || _newest.Count >= MaxSubjects)
        {
            _newest.Clear();
            (_incarnation, AsOf) = (head.Incarnation, head.Version);
        }

        return AsOf < head.Version;
    }

    /// <summary>Notes what was looked up.</summary>
    public void Learn(string subject, long version) => _newest[subject] = version;

    /// <summary>Notes an event, if its subject has been asked for.</summary>
    public void Saw(string? subject, long version)
    {
        if (subject is not null && _newest.ContainsKey(subject))
            _newest[subject] = version;
    }

    /// <summary>Every event up to a version has been noted.</summary>
    public void CaughtUp(long version) => AsOf = version;
}
