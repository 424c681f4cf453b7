namespace Orleans.Persist.Subscriptions;

/// <summary>A reader's place in a source, kept under a name. Several readers may share it: each event goes to one of them.</summary>
/// <remarks>
/// <para>At least once: an event that was given and not acknowledged is given again once its lease is over, or after a restart. So it may come twice, and then not in order.</para>
/// <para>The place is journaled: an acknowledgement that has been answered is durable. Leases are not: a restart ends them.</para>
/// <para>All members are safe for concurrent use; they throw <see cref="SubscriptionNotFoundException"/> once the subscription is deleted.</para>
/// </remarks>
public interface INamedSubscription
{
    /// <summary>The most events of one <see cref="TakeAsync"/>.</summary>
    const int MaxTake = 10_000;

    /// <summary>The longest that one <see cref="TakeAsync"/> waits.</summary>
    static TimeSpan MaxWait { get; } = TimeSpan.FromMinutes(5);

    /// <summary>The source's name.</summary>
    string Source { get; }

    /// <summary>The subscription's name.</summary>
    string Name { get; }

    /// <summary>What it gives.</summary>
    SubscriptionDefinition Definition { get; }

    /// <summary>Takes the next events, those first whose lease is over. Nobody else gets them while the lease lasts.</summary>
    /// <param name="max">The most events, 1 to <see cref="MaxTake"/>.</param>
    /// <param name="wait">How long to wait where there are none, up to <see cref="MaxWait"/>.</param>
    /// <param name="cancellationToken">Ends the wait. What was taken at that moment, if anything, comes again when its lease is over.</param>
    /// <returns>The events; none where the wait is over.</returns>
    /// <exception cref="SubscriptionGapException">Events that were not acknowledged are no longer there.</exception>
    ValueTask<SubscriptionLease> TakeAsync(int max, TimeSpan wait, CancellationToken cancellationToken = default);

    /// <summary>Says that events have been processed; they never come again. Completes once that is durable.</summary>
    /// <param name="incarnation">The incarnation of the source's stream in which they stand.</param>
    /// <param name="versions">Their versions. Those that are acknowledged already, or not outstanding, are left out of account.</param>
    /// <param name="cancellationToken">Ends the wait, not necessarily the acknowledgement.</param>
    /// <returns>How many events this acknowledgement has settled.</returns>
    /// <exception cref="Journal.StreamIncarnationException">The source was deleted since they were taken.</exception>
    /// <exception cref="Journal.JournalUnavailableException">It could not be stored: after a restart they may come again.</exception>
    ValueTask<int> AcknowledgeAsync(int incarnation, IReadOnlyCollection<long> versions, CancellationToken cancellationToken = default);

    /// <summary>Gives what is left of a lease back at once.</summary>
    /// <returns>Whether the lease was held.</returns>
    ValueTask<bool> ReleaseAsync(string lease, CancellationToken cancellationToken = default);

    /// <summary>Has a lease begin anew, for work that takes longer.</summary>
    /// <returns>When it is over now, or null where it was not held any more.</returns>
    ValueTask<DateTimeOffset?> ExtendAsync(string lease, CancellationToken cancellationToken = default);

    /// <summary>Moves the place: everything from a version on is given (again), nothing before it. Ends all leases.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The version is below 1.</exception>
    ValueTask SeekAsync(long version, CancellationToken cancellationToken = default);

    /// <summary>Where the subscription stands.</summary>
    ValueTask<SubscriptionStatus> GetStatusAsync(CancellationToken cancellationToken = default);
}
