using Orleans.Persist.Journal;

namespace Orleans.Persist.Processes;

/// <summary>Which processes have something to do by themselves after a restart: sends that were not acknowledged, or timers. Kept in a stream of its own, written before what makes it true.</summary>
/// <param name="journal">The journal.</param>
/// <param name="ended">Ends the shortening of the list, which goes on beside its use.</param>
internal sealed class WakeList(IJournal journal, CancellationToken ended)
{
    public const string Stream = "$processes/awake";
    private const string Awake = "awake";
    private const string Asleep = "asleep";
    private const int SpareEvents = 1_000;
    private const int BatchSize = 500;
    private long _events;
    private long _bound = SpareEvents;
    private Task _shortening = Task.CompletedTask;
    private int _busy;

    /// <summary>Completes when the list is not being shortened.</summary>
    public Task Shortening => Volatile.Read(ref _shortening);

    public async ValueTask AddAsync(string process, CancellationToken cancellationToken)
    {
        await AppendAsync(Awake, process, cancellationToken).ConfigureAwait(false);
        ShortenIfLong();
    }

    /// <summary>Takes a process off. Whether it could be: otherwise a restart wakes it for nothing, no more.</summary>
    public async ValueTask<bool> TryRemoveAsync(string process, CancellationToken cancellationToken)
    {
        try
        {
            await AppendAsync(Asleep, process, cancellationToken).ConfigureAwait(false);
            ShortenIfLong();
            return true;
        }
        catch (Exception e) when (e is JournalException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>The processes to wake, when a host starts. Shortens the list where most of it is past.</summary>
    public async ValueTask<IReadOnlyCollection<string>> LoadAsync(CancellationToken cancellationToken)
    {
        var (awake, head) = await ReadAsync(cancellationToken).ConfigureAwait(false);
        await ShortenAsync(awake, head, cancellationToken).ConfigureAwait(false);
        return awake;
    }

    private async ValueTask AppendAsync(string type, string process, CancellationToken cancellationToken) =>
        await journal.AppendAsync(Stream, ExpectedVersion.Any, new EventData { Type = type, Subject = process }, cancellationToken).ConfigureAwait(false);

    private void ShortenIfLong()
    {
        if (Interlocked.Increment(ref _events) <= Volatile.Read(ref _bound) || Interlocked.Exchange(ref _busy, 1) != 0)
            return;
        Volatile.Write(ref _shortening, Task.Run(ShortenAsync));
    }

    private async Task ShortenAsync()
    {
        try
        {
            var (awake, head) = await ReadAsync(ended).ConfigureAwait(false);
            await ShortenAsync(awake, head, ended).ConfigureAwait(false);
        }
        catch (Exception e) when (e is JournalException or OperationCanceledException)
        {
            Volatile.Write(ref _bound, Volatile.Read(ref _events) + SpareEvents); // the list is right as it is, only long: later
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    private async ValueTask<(HashSet<string> Awake, StreamHead Head)> ReadAsync(CancellationToken cancellationToken)
    {
        var awake = new HashSet<string>(StringComparer.Ordinal);
        var head = await journal.GetHeadAsync(Stream, cancellationToken).ConfigureAwait(false);
        var request = new ReadRequest { To = head.Version, Incarnation = head.Incarnation };
        await foreach (var @event in journal.ReadAsync(Stream, request, cancellationToken).ConfigureAwait(false))
        {
            if (@event.Type == Awake)
                awake.Add(@event.Subject!);
            else
                awake.Remove(@event.Subject!);
        }

        return (awake, head);
    }

    /// <summary>Writes down who is awake and drops what was before. Whoever is taken off meanwhile is put back by that: it is woken for nothing once, and taken off again.</summary>
    private async ValueTask ShortenAsync(HashSet<string> awake, StreamHead head, CancellationToken cancellationToken)
    {
        var events = head.Version - head.FirstVersion + 1;
        if (events > (2 * awake.Count) + SpareEvents)
        {
            foreach (var batch in awake.Chunk(BatchSize))
                await journal.AppendAsync(Stream, ExpectedVersion.Any, batch.Select(p => new EventData { Type = Awake, Subject = p }).ToArray(), null, cancellationToken).ConfigureAwait(false);
            await journal.TruncateAsync(Stream, head.Version + 1, head.Incarnation, cancellationToken).ConfigureAwait(false);
            events = awake.Count;
        }

        Volatile.Write(ref _events, events);
        Volatile.Write(ref _bound, (2 * awake.Count) + SpareEvents);
    }
}
