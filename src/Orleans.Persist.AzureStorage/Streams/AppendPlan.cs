using Orleans.Persist.AzureStorage.Rows;
using Orleans.Persist.AzureStorage.Tables;
using Orleans.Persist.Journal;

namespace Orleans.Persist.AzureStorage.Streams;

/// <summary>Appends that wait for one stream, put together to one transaction, each decided on as if those before it had happened.</summary>
internal sealed class AppendPlan(StreamKey key, StreamState state, SubjectIndex subjects, int idWindow, DateTimeOffset now)
{
    // With a row for the producer each and the head, a transaction stays below 100 operations.
    private const int MaxCommits = 48;

    // Base64 takes a third more; a transaction stays below 4 MiB.
    private const int MaxFrames = 2_900_000;
    private readonly HashSet<string> _producers = new(StringComparer.Ordinal);
    private readonly HashSet<ulong> _ids = [];
    private readonly Dictionary<string, long> _subjects = new(StringComparer.Ordinal);
    private long _bytes;

    /// <summary>The head as it will be.</summary>
    public HeadRow Head { get; } = state.Head.Copy();

    public List<(PendingAppend Append, CommitRow Row, ProducerRow? Producer)> Commits { get; } = [];

    /// <summary>Decides on an append.</summary>
    public Verdict Add(PendingAppend append)
    {
        if (append.Producer is { } producer)
        {
            if (_producers.Contains(producer.Producer))
                return Verdict.Later;
            if (!state.Producers.TryGetValue(producer.Producer, out var known))
                return Verdict.NeedsProducer;
            if (known is not null && producer.Sequence <= known.Sequence)
            {
                var incarnation = Head.Incarnation;
                append.Answer = () => producer.Sequence == known.Sequence ? known.ToResult(incarnation) : new AppendResult(incarnation, 0, 0, 0, default, Duplicate: true);
                return Verdict.Answered;
            }
        }

        if (append.Events.HasIds && FindIds(append) is { } obstacle)
            return obstacle;
        if (append.Subjects.Count > 0 && FindSubjects(append) is { } verdict)
            return verdict;
        if (!append.Expected.IsMetBy(Head.Version, Head.Incarnation))
        {
            var actual = Head.ToHead();
            append.Answer = () => throw new VersionConflictException(key.Name, append.Expected, actual);
            return Verdict.Answered;
        }

        return Plan(append);
    }

    private Verdict? FindIds(PendingAppend append)
    {
        if (state.Ids is null)
            return Verdict.NeedsIds;
        var from = Math.Max(state.Head.FirstVersion, Head.Version - idWindow + 1);
        var found = false;
        foreach (var identity in append.Events.Identities)
        {
            if (identity == 0)
                continue;
            if (_ids.Contains(identity))
                return Verdict.Later;
            found |= state.Ids.Find(identity, from, state.Head.Version) is not null;
        }

        if (!found)
            return null;
        if (append.Compared is not { } compared || compared.Etag != state.Etag)
            return Verdict.NeedsComparison;
        append.Answer = compared.Answer;
        return compared.Answer is null ? null : Verdict.Answered;
    }

    private Verdict? FindSubjects(PendingAppend append)
    {
        if (!subjects.IsCurrent(state.Head))
            return Verdict.NeedsSubjects;
        foreach (var subject in append.Subjects)
        {
            if ((_subjects.TryGetValue(subject.Subject, out var planned) ? planned : subjects.Find(subject.Subject)) is not { } actual)
                return Verdict.NeedsSubjects;
            actual = actual < Head.FirstVersion ? 0 : actual;
            if (subject.IsMetBy(actual, Head.FirstVersion))
                continue;
            append.Answer = () => throw new SubjectConflictException(key.Name, subject, actual);
            return Verdict.Answered;
        }

        return null;
    }

    private Verdict Plan(PendingAppend append)
    {
        var events = append.Events;
        var inRow = events.Length <= CommitRow.MaxFrame;
        _bytes += inRow ? events.Length : 0;
        if (Commits.Count > 0 && (Commits.Count >= MaxCommits || _bytes > MaxFrames))
            return Verdict.Later;
        if (!append.TryBegin())
            return Verdict.Answered; // its caller has given up; nobody waits for the answer
        var first = Head.Version + 1;
        Head.Version += events.Count;
        Head.Recorded = Math.Max(Head.Recorded, now.UtcTicks);
        var row = new CommitRow
        {
            PartitionKey = key.Partition,
            RowKey = StreamKey.Commit(Head.Incarnation, Head.Version),
            FirstVersion = first,
            Commit = Guid.NewGuid(),
            Ids = events.NewestIdentities(idWindow),
            Length = events.Length,
            Checksum = events.Seal(key, Head.Incarnation, first, Head.Recorded),
        };
        if (inRow)
            row.Frame = events.Frame;
        else
            row.Blob = $"{key.CommitBlobs}{row.Commit:N}";
        ProducerRow? producer = null;
        if (append.Producer is { } p)
        {
            _producers.Add(p.Producer);
            producer = new ProducerRow
            {
                PartitionKey = key.Partition,
                RowKey = StreamKey.Producer(Head.Incarnation, p.Producer),
                Sequence = p.Sequence,
                FirstVersion = first,
                LastVersion = Head.Version,
                Recorded = Head.Recorded,
            };
        }

        for (var i = 0; subjects.IsTracking && i < events.Count; i++)
        {
            if (events.SubjectOf(i) is { } subject)
                _subjects[subject] = first + i;
        }

        _ids.UnionWith(events.Identities);
        _ids.Remove(0);
        Commits.Add((append, row, producer));
        var result = new AppendResult(Head.Incarnation, first, Head.Version, 0, new DateTimeOffset(Head.Recorded, TimeSpan.Zero));
        append.Answer = () => result;
        return Verdict.Planned;
    }

    /// <summary>Writes the plan's rows into a transaction, the head last.</summary>
    public void WriteTo(TableBatch batch)
    {
        foreach (var (_, row, producer) in Commits)
        {
            batch.Insert(row);
            if (producer is not null)
                batch.Upsert(producer);
        }

        if (state.Etag is { } etag)
            batch.Replace(Head, etag);
        else
            batch.Insert(Head);
    }

    /// <summary>Notes in the state that the plan was carried out.</summary>
    public void Apply(string? etag)
    {
        foreach (var (append, row, producer) in Commits)
        {
            for (var i = 0; state.Ids is not null && i < append.Events.Count; i++)
                state.Ids.Add(row.FirstVersion + i, append.Events.Identities[i]);
            if (append.Producer is { } p)
            {
                if (state.Producers.Count >= StreamState.MaxProducers)
                    state.Producers.Clear();
                state.Producers[p.Producer] = producer;
            }
        }

        if (subjects.IsCurrent(state.Head))
        {
            foreach (var (subject, version) in _subjects)
                subjects.Saw(subject, version);
            subjects.CaughtUp(Head.Version);
        }

        state.Become(Head, etag);
    }
}
