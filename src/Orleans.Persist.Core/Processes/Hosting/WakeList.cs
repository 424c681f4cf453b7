using Orleans.Persist.Journal;

namespace Orleans.Persist.Processes;

/// <summary>Which processes have something to do by themselves after a restart: sends that were not acknowledged, or timers. Kept in a stream of its own, written before what makes it true.</summary>
internal sealed class WakeList(IJournal journal)
{
    public const string Stream = "$processes/awake";
    private const string Awake = "awake";
    private const string Asleep = "asleep";
    private const int SpareEvents = 1_000;
    private const int BatchSize = 500;

    public async ValueTask AddAsync(string process, CancellationToken cancellationToken) =>
        await journal.AppendAsync(Stream, ExpectedVersion.Any, new EventData { Type = Awake, Subject = process }, cancellationToken).ConfigureAwait(false);

    /// <summary>Takes a process off. Whether it could be: otherwise a restart wakes it for nothing, no more.</summary>
    public async ValueTask<bool> TryRemoveAsync(string process, CancellationToken cancellationToken)
    {
        try
        {
            await journal.AppendAsync(Stream, ExpectedVersion.Any, new EventData { Type = Asleep, Subject = process }, cancellationToken).ConfigureAwait(false);
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
        var awake = new HashSet<string>(StringComparer.Ordinal);
        long events = 0;
        long last = 0;
        await foreach (var @event in journal.ReadAsync(Stream, ReadRequest.All, cancellationToken).ConfigureAwait(false))
        {
            events++;
            last = @event.Version;
            if (@event.Type == Awake)
                awake.Add(@event.Subject!);
            else
                awake.Remove(@event.Subject!);
        }

        if (events > (2 * awake.Count) + SpareEvents)
            await RewriteAsync(awake, last + 1, cancellationToken).ConfigureAwait(false);
        return awake;
    }

    private async ValueTask RewriteAsync(HashSet<string> awake, long before, CancellationToken cancellationToken)
    {
        foreach (var batch in awake.Chunk(BatchSize))
            await journal.AppendAsync(Stream, ExpectedVersion.Any, batch.Select(p => new EventData { Type = Awake, Subject = p }).ToArray(), null, cancellationToken).ConfigureAwait(false);
        await journal.TruncateAsync(Stream, before, cancellationToken).ConfigureAwait(false);
    }
}
