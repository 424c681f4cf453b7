namespace Orleans.Persist.Journal;

/// <summary>Streams of events on some storage: the contract that every plug-in keeps. The TestKit's conformance suite is its text in code.</summary>
/// <remarks>
/// <para>All members are safe for concurrent use. Names of streams follow <see cref="StreamName"/>, else <see cref="ArgumentException"/>.</para>
/// <para>A cancellation is honoured while a call waits; an append that was cancelled has happened whole or not at all, and doing it again is safe where it has ids or a producer's number.</para>
/// <para>Damage is an error (<see cref="JournalDamagedException"/>); events are never skipped silently.</para>
/// </remarks>
public interface IJournal : IAsyncDisposable
{
    /// <summary>The bounds this journal enforces.</summary>
    JournalLimits Limits { get; }

    /// <summary>Appends events to a stream, all or none, and completes once they are durable.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="expected">What the stream must look like for the append to happen.</param>
    /// <param name="events">The events in order; at least one.</param>
    /// <param name="producer">The producer's number for this append, for idempotency without a window.</param>
    /// <param name="cancellationToken">Ends the wait, not necessarily the append.</param>
    /// <returns>The versions of the events. If all of them are there already, the result they had then; this is checked before <paramref name="expected"/> is.</returns>
    /// <exception cref="VersionConflictException">The stream is not as expected. Nothing was written.</exception>
    /// <exception cref="DuplicateEventException">Some of the events, but not all, are there already. Nothing was written.</exception>
    /// <exception cref="AppendTooLargeException">The append exceeds <see cref="Limits"/>. Nothing was written.</exception>
    /// <exception cref="JournalUnavailableException">The storage failed. The events may have been stored: append them again, with the same ids, to find out.</exception>
    /// <exception cref="ArgumentException">No events, an empty type, a bad name or a bad producer.</exception>
    ValueTask<AppendResult> AppendAsync(
        string stream,
        ExpectedVersion expected,
        ReadOnlyMemory<EventData> events,
        ProducerSequence? producer = null,
        CancellationToken cancellationToken = default);

    /// <summary>Reads events of a stream as a stream, in bounded memory. It sees a prefix of what is durable when it starts, never a hole.</summary>
    /// <exception cref="StreamIncarnationException">The stream is not of the incarnation asked for, or was deleted during the read.</exception>
    /// <exception cref="JournalDamagedException">A record does not check.</exception>
    IAsyncEnumerable<RecordedEvent> ReadAsync(string stream, ReadRequest request, CancellationToken cancellationToken = default);

    /// <summary>The stream's durable state. Never fails for a stream that does not exist.</summary>
    ValueTask<StreamHead> GetHeadAsync(string stream, CancellationToken cancellationToken = default);

    /// <summary>Completes once the stream has a version above <paramref name="version"/>, or another incarnation than <paramref name="incarnation"/>, and returns its state then.</summary>
    ValueTask<StreamHead> WaitForAppendAsync(string stream, int incarnation, long version, CancellationToken cancellationToken = default);

    /// <summary>Removes the events below a version; versions go on as before. Their space comes back by compaction. Does nothing where they are gone already.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="beforeVersion">The first version to keep.</param>
    /// <param name="incarnation">The incarnation that the version is of, so that nothing of a later one can be lost by it; 0 for whichever there is.</param>
    /// <param name="cancellationToken">Ends the wait, not necessarily the truncation.</param>
    /// <exception cref="StreamIncarnationException">The stream is not of that incarnation. Nothing was removed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The version is beyond the stream's end plus one.</exception>
    ValueTask TruncateAsync(string stream, long beforeVersion, int incarnation, CancellationToken cancellationToken = default);

    /// <summary>Removes all events of a stream and opens its next incarnation at version 0. Does nothing where there are no events.</summary>
    /// <returns>The stream's state afterwards.</returns>
    /// <exception cref="VersionConflictException">The stream is not as expected.</exception>
    ValueTask<StreamHead> DeleteAsync(string stream, ExpectedVersion expected, CancellationToken cancellationToken = default);

    /// <summary>The streams that exist and whose names begin with <paramref name="prefix"/>, in no particular order.</summary>
    IAsyncEnumerable<StreamHead> ListStreamsAsync(string prefix = "", CancellationToken cancellationToken = default);
}
