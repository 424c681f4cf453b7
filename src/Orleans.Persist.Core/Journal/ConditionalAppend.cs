namespace Orleans.Persist.Journal;

/// <summary>Appends that depend on the subjects' newest events (optimistic concurrency for each aggregate of a stream), on every journal.</summary>
public static class ConditionalAppend
{
    /// <inheritdoc cref="IConditionalJournal.AppendAsync(string, ExpectedVersion, IReadOnlyCollection{SubjectVersion}, ReadOnlyMemory{EventData}, ProducerSequence?, CancellationToken)"/>
    /// <remarks>On a journal that is no <see cref="IConditionalJournal"/>, the subjects are looked up and the append expects the stream's version of then; when another append came first, it is done again.</remarks>
    public static ValueTask<AppendResult> AppendAsync(
        this IJournal journal,
        string stream,
        ExpectedVersion expected,
        IReadOnlyCollection<SubjectVersion> subjects,
        ReadOnlyMemory<EventData> events,
        ProducerSequence? producer = null,
        CancellationToken cancellationToken = default)
    {
        SubjectVersion.Validate(subjects);
        if (subjects.Count == 0)
            return journal.AppendAsync(stream, expected, events, producer, cancellationToken);
        return journal is IConditionalJournal conditional
            ? conditional.AppendAsync(stream, expected, subjects, events, producer, cancellationToken)
            : LookUpAndAppendAsync(journal, stream, expected, subjects, events, producer, cancellationToken);
    }

    /// <summary>The version of the newest event about a subject, 0 where none is kept.</summary>
    /// <param name="journal">The journal.</param>
    /// <param name="head">The stream as of when the answer is to hold.</param>
    /// <param name="subject">The subject.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public static async ValueTask<long> FindSubjectVersionAsync(
        this IJournal journal, StreamHead head, string subject, CancellationToken cancellationToken = default) =>
        await journal.FindSubjectVersionAsync(head, subject, 0, cancellationToken).ConfigureAwait(false);

    private static async ValueTask<long> FindSubjectVersionAsync(
        this IJournal journal, StreamHead head, string subject, long after, CancellationToken cancellationToken)
    {
        if (!head.Exists || head.Version <= after)
            return 0;
        var request = new ReadRequest
        {
            From = head.Version,
            To = after + 1,
            Backward = true,
            Limit = 1,
            Incarnation = head.Incarnation,
            Filter = new EventFilter { Subjects = [subject] },
        };
        await foreach (var @event in journal.ReadAsync(head.Stream, request, cancellationToken).ConfigureAwait(false))
            return @event.Version;
        return 0;
    }

    private static async ValueTask<AppendResult> LookUpAndAppendAsync(
        IJournal journal,
        string stream,
        ExpectedVersion expected,
        IReadOnlyCollection<SubjectVersion> subjects,
        ReadOnlyMemory<EventData> events,
        ProducerSequence? producer,
        CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, long>(StringComparer.Ordinal);
        var known = default(StreamHead);
        while (true)
        {
            var head = await journal.GetHeadAsync(stream, cancellationToken).ConfigureAwait(false);
            var conflict = await FindConflictAsync(journal, known, head, subjects, found, cancellationToken).ConfigureAwait(false);
            var wanted = conflict is null && expected.IsMetBy(head.Version, head.Incarnation)
                ? ExpectedVersion.Exactly(head.Version, head.Incarnation)
                : ExpectedVersion.Exactly(long.MaxValue); // cannot be met: only to have a repeated append recognized
            try
            {
                return await journal.AppendAsync(stream, wanted, events, producer, cancellationToken).ConfigureAwait(false);
            }
            catch (VersionConflictException) when (conflict is not null)
            {
                throw conflict;
            }
            catch (VersionConflictException e) when (wanted.Version == long.MaxValue)
            {
                throw new VersionConflictException(stream, expected, e.Actual);
            }
            catch (VersionConflictException)
            {
                known = head; // another append came first: only what it has added needs a look
            }
        }
    }

    private static async ValueTask<SubjectConflictException?> FindConflictAsync(
        IJournal journal,
        StreamHead known,
        StreamHead head,
        IReadOnlyCollection<SubjectVersion> subjects,
        Dictionary<string, long> found,
        CancellationToken cancellationToken)
    {
        var after = known.Incarnation == head.Incarnation ? known.Version : 0;
        foreach (var subject in subjects)
        {
            var actual = await journal.FindSubjectVersionAsync(head, subject.Subject, after, cancellationToken).ConfigureAwait(false);
            if (actual == 0 && after > 0)
                actual = found.GetValueOrDefault(subject.Subject);
            found[subject.Subject] = actual;
            if (!subject.IsMetBy(actual, head.FirstVersion))
                return new SubjectConflictException(head.Stream, subject, actual);
        }

        return null;
    }
}
