using System.Diagnostics.CodeAnalysis;
using Orleans.Persist.AzureStorage.Indexing;
using Orleans.Persist.AzureStorage.Rows;
using Orleans.Persist.Journal;

namespace Orleans.Persist.AzureStorage.Streams;

/// <summary>The writers of one stream in this process, one after another: what they append meanwhile goes into the next transaction together.</summary>
/// <remarks>
/// Writers of other processes are held off by the head's ETag alone: a transaction that starts from an outdated head fails whole, the head is
/// read anew, and everything is decided again. An answer other than "stored" is given only as of a head that was read for it.
/// </remarks>
[SuppressMessage("Reliability", "CA1001", Justification = "A semaphore holds nothing to dispose of until its wait handle is asked for.")]
internal sealed class StreamLane(StreamKey key, StreamStore store)
{
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private List<PendingAppend> _waiting = [];
    private readonly SubjectIndex _subjects = new();
    private readonly UnindexedCount _unindexed = store.CountUnindexed(key);
    private StreamState? _state;
    private bool _running;
    private int _users;

    /// <summary>Whether nobody uses the lane, so that it can be dropped.</summary>
    public bool IsIdle => Volatile.Read(ref _users) == 0;

    /// <summary>Keeps the lane from being dropped.</summary>
    public void Enter() => Interlocked.Increment(ref _users);

    public void Leave() => Interlocked.Decrement(ref _users);

    /// <summary>Queues an append, and sees to it that somebody works at the queue.</summary>
    public void Add(PendingAppend append)
    {
        lock (_lock)
        {
            _waiting.Add(append);
            if (_running)
                return;
            _running = true;
        }

        _ = RunAsync();
    }

    /// <summary>Changes the stream otherwise than by an append, while no append is under way.</summary>
    /// <param name="change">Gets what is known of the stream, as just read, and changes the head; says whether it did, or whether the head was another by then.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<T> ChangeAsync<T>(Func<StreamState, Task<(bool Done, T Result)>> change, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            for (var conflicts = 0; ; conflicts++)
            {
                await StreamStore.BackOffAsync(conflicts, cancellationToken).ConfigureAwait(false);
                (var state, _state) = (_state, null);
                state = await store.LoadAsync(key, state, cancellationToken).ConfigureAwait(false);
                var (done, result) = await change(state).ConfigureAwait(false);
                if (!done)
                    continue;
                _state = state.Etag is null ? null : state;
                return result;
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task RunAsync()
    {
        Enter();
        try
        {
            while (true)
            {
                List<PendingAppend> batch;
                lock (_lock)
                {
                    if (_waiting.Count == 0)
                    {
                        _running = false;
                        return;
                    }

                    (batch, _waiting) = (_waiting, []);
                }

                await _turn.WaitAsync().ConfigureAwait(false);
                try
                {
                    await ProcessAsync(batch).ConfigureAwait(false);
                }
                catch (Exception e)
                {
                    _state = null;
                    var error = e is OperationCanceledException ? store.NotSettled(key, e) : e;
                    foreach (var append in batch)
                        append.Fail(error);
                }
                finally
                {
                    _turn.Release();
                }
            }
        }
        finally
        {
            Leave();
        }
    }

    private async Task ProcessAsync(List<PendingAppend> batch)
    {
        using var limit = store.NewLimit();
        var (fresh, conflicts) = (false, 0);
        while (batch.Count > 0)
        {
            if (_state is null)
            {
                _state = await store.LoadAsync(key, null, limit.Token).ConfigureAwait(false);
                fresh = true;
            }

            var plan = store.NewPlan(key, _state, _subjects);
            var (stop, at) = Decide(plan, batch);
            if (plan.Commits.Count > 0)
            {
                fresh = await store.CommitAsync(key, _state, plan, limit.Token).ConfigureAwait(false);
                if (!fresh)
                {
                    _state = null;
                    await StreamStore.BackOffAsync(++conflicts, limit.Token).ConfigureAwait(false);
                    continue;
                }

                _unindexed.Add(plan);
                if (_state.Etag is null)
                    _state = null; // it happened, but its answer was lost
                Answer(batch, at);
            }
            else if (at > 0 && !fresh)
            {
                _state = await store.LoadAsync(key, _state, limit.Token).ConfigureAwait(false);
                fresh = true;
            }
            else if (at > 0)
            {
                Answer(batch, at);
            }
            else
            {
                try
                {
                    await store.LearnAsync(key, _state, _subjects, batch[0], stop, limit.Token).ConfigureAwait(false);
                }
                catch (StreamIncarnationException)
                {
                    _state = null; // deleted by another process while it was looked into
                }
            }
        }
    }

    /// <summary>Puts as many appends as possible into a plan.</summary>
    /// <returns>What the first one that is not decided on needs, and how many were decided on.</returns>
    private static (Verdict Stop, int Decided) Decide(AppendPlan plan, List<PendingAppend> batch)
    {
        for (var i = 0; i < batch.Count; i++)
        {
            var append = batch[i];
            append.Answer = null;
            var verdict = plan.Add(append);
            if (verdict is not (Verdict.Planned or Verdict.Answered))
                return (verdict, i);
        }

        return (Verdict.Later, batch.Count);
    }

    private static void Answer(List<PendingAppend> batch, int count)
    {
        foreach (var append in batch.Take(count).Where(a => !a.IsDone))
        {
            try
            {
                append.Complete(append.Answer?.Invoke() ?? default);
            }
            catch (JournalException e)
            {
                append.Fail(e);
            }
        }

        batch.RemoveRange(0, count);
    }
}
