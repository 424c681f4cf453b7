namespace Orleans.Persist.Journal;

/// <summary>A journal that checks the versions of subjects where it puts appends in order, so that other appends to the stream do not disturb. Any other journal can do it by <see cref="ConditionalAppend"/>.</summary>
public interface IConditionalJournal : IJournal
{
    /// <summary>Appends events if the newest event about each subject is the one expected.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="expected">What the stream itself must look like.</param>
    /// <param name="subjects">What is expected of subjects; those of the events or others.</param>
    /// <param name="events">The events in order; at least one.</param>
    /// <param name="producer">The producer's number for this append.</param>
    /// <param name="cancellationToken">Ends the wait, not necessarily the append.</param>
    /// <returns>As <see cref="IJournal.AppendAsync"/>: events that are there already are recognized before anything expected is looked at.</returns>
    /// <exception cref="SubjectConflictException">A subject is not as expected. Nothing was written.</exception>
    /// <inheritdoc cref="IJournal.AppendAsync" path="/exception"/>
    ValueTask<AppendResult> AppendAsync(
        string stream,
        ExpectedVersion expected,
        IReadOnlyCollection<SubjectVersion> subjects,
        ReadOnlyMemory<EventData> events,
        ProducerSequence? producer = null,
        CancellationToken cancellationToken = default);
}
