using System.Security.Cryptography;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Subscriptions;

/// <summary>A named subscription in this process.</summary>
/// <param name="source">The source.</param>
/// <param name="name">The subscription.</param>
/// <param name="definition">What it gives.</param>
/// <param name="place">Where it stands.</param>
/// <param name="events">The journal with the source's events.</param>
/// <param name="stored">Keeps its place.</param>
/// <param name="time">The clock.</param>
internal sealed class NamedSubscription(
    string source, string name, SubscriptionDefinition definition, SubscriptionPlace place, IJournal events, SubscriptionJournal stored, TimeProvider time)
    : INamedSubscription, IDisposable
{
    private const long MaxTakeBytes = 4 * 1024 * 1024;
    private const int MaxGap = 256;
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _reading = new(1);
    private readonly long _started = time.GetTimestamp();
    private readonly EventFilter? _filter = definition.ToFilter();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _deleted;

    /// <inheritdoc/>
    public string Source => source;

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public SubscriptionDefinition Definition => definition;

    private TimeSpan Now => time.GetElapsedTime(_started);

    /// <inheritdoc/>
    public async ValueTask<SubscriptionLease> TakeAsync(int max, TimeSpan wait, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(max, INamedSubscription.MaxTake);
        ArgumentOutOfRangeException.ThrowIfLessThan(wait, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(wait, INamedSubscription.MaxWait);
        var end = Now + wait;
        while (true)
        {
            ThrowIfDeleted();
            var changed = Volatile.Read(ref _changed).Task;
            var (lease, head) = await TakeNowAsync(max, cancellationToken).ConfigureAwait(false);
            if (lease.Events.Count > 0 || Now >= end)
                return lease;
            await WaitAsync(head, changed, end, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<int> AcknowledgeAsync(int incarnation, IReadOnlyCollection<long> versions, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(versions);
        ThrowIfDeleted();
        int settled;
        lock (_lock)
        {
            if (incarnation != place.Incarnation)
                throw new StreamIncarnationException(source, incarnation, place.Incarnation);
            settled = place.Acknowledge(versions);
        }

        if (settled > 0 || stored.IsBehind) // what failed to be stored is settled here, and not yet durable
            await StoreAsync(cancellationToken).ConfigureAwait(false);
        return settled;
    }

    /// <inheritdoc/>
    public ValueTask<bool> ReleaseAsync(string lease, CancellationToken cancellationToken = default)
    {
        ThrowIfDeleted();
        bool held;
        lock (_lock)
            held = place.Release(lease);
        Signal();
        return new(held);
    }

    /// <inheritdoc/>
    public ValueTask<DateTimeOffset?> ExtendAsync(string lease, CancellationToken cancellationToken = default)
    {
        ThrowIfDeleted();
        lock (_lock)
        {
            place.Expire(Now);
            return new(place.Extend(lease, Now + definition.LeaseTime) ? time.GetUtcNow() + definition.LeaseTime : null);
        }
    }

    /// <inheritdoc/>
    public async ValueTask SeekAsync(long version, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(version, 1);
        ThrowIfDeleted();
        await _reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var head = await events.GetHeadAsync(source, cancellationToken).ConfigureAwait(false);
            lock (_lock)
                place.Reset(head.Incarnation, version);
        }
        finally
        {
            _reading.Release();
        }

        await StoreAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<SubscriptionStatus> GetStatusAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDeleted();
        var head = await events.GetHeadAsync(source, cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            place.Expire(Now);
            return head.Incarnation == place.Incarnation
                ? new SubscriptionStatus(place.Incarnation, place.Settled, place.Next, place.Outstanding, place.Leased, Math.Max(0, head.Version - place.Settled))
                : new SubscriptionStatus(head.Incarnation, 0, 1, 0, 0, head.Version);
        }
    }

    /// <summary>Ends it: everybody who waits is told that it is not there any more.</summary>
    public void Dispose()
    {
        _deleted = true;
        Signal();
    }

    /// <summary>Removes what is stored of it.</summary>
    public ValueTask DeleteAsync(CancellationToken cancellationToken) => stored.DeleteAsync(cancellationToken);

    private async ValueTask<(SubscriptionLease Lease, StreamHead Head)> TakeNowAsync(int max, CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var head = await events.GetHeadAsync(source, cancellationToken).ConfigureAwait(false);
            var (due, next, fresh) = Plan(head, max);
            var taken = new List<RecordedEvent>();
            var bytes = await ReadAgainAsync(due, head.Incarnation, taken, cancellationToken).ConfigureAwait(false);
            var begin = taken.Count;
            if (fresh > 0 && bytes < MaxTakeBytes)
                next = await ReadNewAsync(next, fresh, bytes, head, taken, cancellationToken).ConfigureAwait(false);
            return (Lease(taken, begin, next), head);
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>What can be given now: versions that are due again, and how many new ones from where.</summary>
    private (IReadOnlyList<long> Due, long Next, int Fresh) Plan(StreamHead head, int max)
    {
        lock (_lock)
        {
            if (head.Incarnation != place.Incarnation)
                place.Reset(head.Incarnation, 1); // nothing of what was deleted can be taken for the new
            place.Expire(Now);
            if (place.Wanted < head.FirstVersion)
                throw new SubscriptionGapException(source, name, place.Wanted, head.FirstVersion);
            var due = place.Due(max);
            return (due, place.Next, Math.Min(max - due.Count, definition.MaxOutstanding - place.Outstanding));
        }
    }

    /// <returns>How many bytes that came to. What is beyond the bound stays due.</returns>
    private async ValueTask<long> ReadAgainAsync(IReadOnlyList<long> due, int incarnation, List<RecordedEvent> taken, CancellationToken cancellationToken)
    {
        var bytes = 0L;
        // Runs, since one event that nobody can process may lie far behind the others.
        for (int begin = 0, end; begin < due.Count; begin = end)
        {
            end = begin + 1;
            while (end < due.Count && due[end] - due[end - 1] <= MaxGap)
                end++;
            var request = new ReadRequest { From = due[begin], To = due[end - 1], Incarnation = incarnation, Filter = _filter };
            var index = begin;
            await foreach (var @event in events.ReadAsync(source, request, cancellationToken).ConfigureAwait(false))
            {
                while (index < end && due[index] < @event.Version)
                    index++;
                if (index == end || due[index] != @event.Version)
                    continue;
                taken.Add(@event);
                bytes += @event.Body.Length;
                if (bytes >= MaxTakeBytes)
                    return bytes;
            }
        }

        return bytes;
    }

    /// <returns>The version to look at next.</returns>
    private async ValueTask<long> ReadNewAsync(long next, int max, long bytes, StreamHead head, List<RecordedEvent> taken, CancellationToken cancellationToken)
    {
        if (next > head.Version)
            return next;
        var left = max;
        var request = new ReadRequest { From = next, To = head.Version, Limit = max, Incarnation = head.Incarnation, Filter = _filter };
        await foreach (var @event in events.ReadAsync(source, request, cancellationToken).ConfigureAwait(false))
        {
            taken.Add(@event);
            bytes += @event.Body.Length;
            if (--left == 0 || bytes >= MaxTakeBytes)
                return @event.Version + 1;
        }

        return head.Version + 1;
    }

    private SubscriptionLease Lease(List<RecordedEvent> taken, int begin, long next)
    {
        var id = taken.Count == 0 ? "" : Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
        lock (_lock)
        {
            var again = taken.Take(begin).Select(@event => @event.Version);
            var fresh = taken.Skip(begin).Select(@event => @event.Version);
            var attempts = place.Deliver(id, Now + definition.LeaseTime, again, fresh, next);
            var given = taken.Where(@event => attempts.ContainsKey(@event.Version))
                .OrderBy(@event => @event.Version).Select(@event => new SubscribedEvent(@event, attempts[@event.Version])).ToArray();
            return new SubscriptionLease(given.Length == 0 ? "" : id, place.Incarnation, time.GetUtcNow() + definition.LeaseTime, given);
        }
    }

    private async ValueTask WaitAsync(StreamHead head, Task changed, TimeSpan end, CancellationToken cancellationToken)
    {
        TimeSpan until;
        bool isFull;
        lock (_lock)
        {
            until = place.NextExpiry is { } expiry && expiry < end ? expiry : end;
            isFull = place.Outstanding >= definition.MaxOutstanding;
        }

        if (until <= Now)
            return;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        List<Task> waits = [changed, Task.Delay(until - Now, time, over.Token)];
        if (!isFull)
            waits.Add(events.WaitForAppendAsync(source, head.Incarnation, head.Version, over.Token).AsTask());
        var first = await Task.WhenAny(waits).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        foreach (var wait in waits.Where(wait => wait != first && wait != changed))
            await wait.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first.ConfigureAwait(false);
    }

    private async ValueTask StoreAsync(CancellationToken cancellationToken)
    {
        try
        {
            await stored.StoreAsync(Snapshot, Merge, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Signal();
        }

        SubscriptionRecord Snapshot(bool withDefinition)
        {
            lock (_lock)
                return place.ToRecord(withDefinition ? definition : null);
        }

        void Merge(SubscriptionRecord record)
        {
            lock (_lock)
                place.Merge(record);
        }
    }

    private void Signal() => Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    private void ThrowIfDeleted()
    {
        if (_deleted)
            throw new SubscriptionNotFoundException(source, name);
    }
}
