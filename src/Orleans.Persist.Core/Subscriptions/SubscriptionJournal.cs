using System.Security.Cryptography;
using System.Text.Json;
using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Subscriptions;

/// <summary>The stream that keeps a subscription's place. Whoever wants it stored while that is being done shares the next append.</summary>
/// <param name="source">The source.</param>
/// <param name="name">The subscription.</param>
/// <param name="journal">The journal.</param>
/// <param name="timeout">How long an append may take.</param>
/// <param name="time">The clock for it.</param>
internal sealed class SubscriptionJournal(string source, string name, IJournal journal, TimeSpan timeout, TimeProvider time) : IDisposable
{
    private const string Place = "Place";
    private const string Checkpoint = "Checkpoint";
    private const int CheckpointEvery = 128;
    private const int MaxConflicts = 8;
    private readonly string _writer = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
    private readonly string _stream = SystemNames.Subscription(source, name);
    private readonly SemaphoreSlim _gate = new(1);
    private StreamHead? _head;
    private long _checkpoint;
    private int _incarnation;
    private long _wanted;
    private long _stored;

    /// <summary>Whether there is something that was to be stored and is not.</summary>
    public bool IsBehind => Volatile.Read(ref _stored) != Volatile.Read(ref _wanted);

    /// <summary>Creates the subscription where it is not there.</summary>
    /// <returns>Whether it was not.</returns>
    public async ValueTask<bool> CreateAsync(SubscriptionRecord record, CancellationToken cancellationToken)
    {
        try
        {
            await AppendAsync(ExpectedVersion.NoStream, Checkpoint, record, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (VersionConflictException)
        {
            return false;
        }
    }

    /// <summary>Reads what is stored: the definition and the newest place. Null where there is no such subscription.</summary>
    public async ValueTask<(SubscriptionDefinition Definition, SubscriptionRecord Place)?> LoadAsync(CancellationToken cancellationToken)
    {
        var head = await Bounded(journal.GetHeadAsync(_stream, cancellationToken).AsTask(), cancellationToken).ConfigureAwait(false);
        if (!head.Exists)
            return null;
        SubscriptionRecord? newest = null;
        var request = new ReadRequest { From = head.Version, Backward = true, Incarnation = head.Incarnation };
        await foreach (var @event in journal.ReadAsync(_stream, request, cancellationToken).ConfigureAwait(false))
        {
            var record = JsonSerializer.Deserialize(@event.Data.Span, SubscriptionJson.Default.SubscriptionRecord)!;
            newest ??= record;
            if (record.Definition is null)
                continue;
            (_head, _checkpoint) = (head, @event.Version);
            if (_incarnation == 0)
                _incarnation = head.Incarnation;
            return (record.Definition, newest);
        }

        throw new JournalDamagedException("the subscription has no checkpoint", $"stream {_stream}", _stream, head.FirstVersion);
    }

    /// <summary>Stores the place as it is when it comes to that, and completes once it is durable.</summary>
    /// <param name="snapshot">Gives the place; whether with the definition, it is told.</param>
    /// <param name="merge">Takes over what another process has stored.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask StoreAsync(Func<bool, SubscriptionRecord> snapshot, Action<SubscriptionRecord> merge, CancellationToken cancellationToken)
    {
        var mine = Interlocked.Increment(ref _wanted);
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_stored >= mine)
                return;
            var covered = Volatile.Read(ref _wanted);
            await StoreNewestAsync(snapshot, merge, cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _stored, covered);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Removes what is stored.</summary>
    public async ValueTask DeleteAsync(CancellationToken cancellationToken) =>
        await Bounded(journal.DeleteAsync(_stream, ExpectedVersion.Any, cancellationToken).AsTask(), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private async ValueTask StoreNewestAsync(Func<bool, SubscriptionRecord> snapshot, Action<SubscriptionRecord> merge, CancellationToken cancellationToken)
    {
        for (var conflicts = 0; ; conflicts++)
        {
            if (_head is null)
                await ReloadAsync(merge, cancellationToken).ConfigureAwait(false);
            var head = _head!.Value;
            var isCheckpoint = head.Version - _checkpoint >= CheckpointEvery;
            try
            {
                await AppendAsync(
                    ExpectedVersion.Exactly(head.Version, head.Incarnation), isCheckpoint ? Checkpoint : Place, snapshot(isCheckpoint), cancellationToken).ConfigureAwait(false);
            }
            catch (VersionConflictException) when (conflicts < MaxConflicts)
            {
                _head = null;
                continue;
            }
            catch
            {
                _head = null; // it may have happened
                throw;
            }

            _head = head with { Version = head.Version + 1 };
            if (isCheckpoint)
                await TruncateAsync(_head.Value, cancellationToken).ConfigureAwait(false);
            return;
        }
    }

    private async ValueTask ReloadAsync(Action<SubscriptionRecord> merge, CancellationToken cancellationToken)
    {
        var stored = await LoadAsync(cancellationToken).ConfigureAwait(false);
        if (stored is null || _head!.Value.Incarnation != _incarnation)
            throw new SubscriptionNotFoundException(source, name);
        if (stored.Value.Place.Writer != _writer)
            merge(stored.Value.Place);
    }

    /// <summary>The checkpoint before stays: nobody should depend on a single record.</summary>
    private async ValueTask TruncateAsync(StreamHead head, CancellationToken cancellationToken)
    {
        var previous = _checkpoint;
        _checkpoint = head.Version;
        try
        {
            await Bounded(journal.TruncateAsync(_stream, previous, head.Incarnation, cancellationToken).AsTask(), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is JournalException or TimeoutException)
        {
            // The next checkpoint truncates this too.
        }
    }

    private async ValueTask AppendAsync(ExpectedVersion expected, string type, SubscriptionRecord record, CancellationToken cancellationToken)
    {
        var data = JsonSerializer.SerializeToUtf8Bytes(record with { Writer = _writer }, SubscriptionJson.Default.SubscriptionRecord);
        await Bounded(journal.AppendAsync(_stream, expected, new EventData { Type = type, Data = data }, cancellationToken).AsTask(), cancellationToken).ConfigureAwait(false);
    }

    private async Task Bounded(Task call, CancellationToken cancellationToken) =>
        await call.WaitAsync(timeout, time, cancellationToken).ConfigureAwait(false);

    private async Task<T> Bounded<T>(Task<T> call, CancellationToken cancellationToken) =>
        await call.WaitAsync(timeout, time, cancellationToken).ConfigureAwait(false);
}
