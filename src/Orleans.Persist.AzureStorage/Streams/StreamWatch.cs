using Orleans.Persist.Journal;

namespace Orleans.Persist.AzureStorage.Streams;

/// <summary>Wakes those that wait for a stream to change: at once where this process changed it, else by looking at the head, ever more seldom while nothing happens.</summary>
internal sealed class StreamWatch(Func<string, CancellationToken, ValueTask<StreamHead>> look, TimeSpan minimum, TimeSpan maximum)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Watched> _streams = new(StringComparer.Ordinal);

    /// <summary>Completes with the stream's head once it is of another incarnation or beyond a version.</summary>
    public async Task<StreamHead> WaitAsync(string stream, int incarnation, long version, CancellationToken cancellationToken)
    {
        var watched = Enter(stream);
        try
        {
            var head = await look(stream, cancellationToken).ConfigureAwait(false);
            while (true)
            {
                Task<StreamHead> next;
                lock (_lock)
                {
                    if (IsNewer(watched.Newest, head))
                        head = watched.Newest;
                    else
                        watched.Newest = head;
                    if (head.Incarnation != incarnation || head.Version > version)
                        return head;
                    watched.Poller ??= PollAsync(watched, stream);
                    next = watched.Next.Task;
                }

                head = await next.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            Leave(stream, watched);
        }
    }

    /// <summary>Tells what has become of a stream.</summary>
    public void Changed(StreamHead head)
    {
        lock (_lock)
        {
            if (!_streams.TryGetValue(head.Stream, out var watched) || !IsNewer(head, watched.Newest))
                return;
            watched.Newest = head;
            watched.Wake().SetResult(head);
        }
    }

    /// <summary>Fails all that wait.</summary>
    public void Close(Exception exception)
    {
        lock (_lock)
        {
            foreach (var watched in _streams.Values)
                watched.Wake().TrySetException(exception);
        }
    }

    private async Task PollAsync(Watched watched, string stream)
    {
        var wait = minimum;
        try
        {
            while (!watched.Ended.IsCancellationRequested)
            {
                var before = watched.Newest;
                await Task.Delay(wait, watched.Ended).ConfigureAwait(false);
                Changed(await look(stream, watched.Ended).ConfigureAwait(false));
                var still = watched.Newest == before;
                wait = still ? TimeSpan.FromTicks(Math.Min(maximum.Ticks, wait.Ticks * 3 / 2)) : minimum;
            }
        }
        catch (OperationCanceledException) when (watched.Ended.IsCancellationRequested)
        {
            // Nobody waits any more.
        }
        catch (Exception e)
        {
            lock (_lock)
            {
                watched.Poller = null;
                watched.Wake().TrySetException(e);
            }
        }
    }

    private Watched Enter(string stream)
    {
        lock (_lock)
        {
            if (!_streams.TryGetValue(stream, out var watched))
                _streams[stream] = watched = new Watched();
            watched.Users++;
            return watched;
        }
    }

    private void Leave(string stream, Watched watched)
    {
        lock (_lock)
        {
            if (--watched.Users > 0)
                return;
            _streams.Remove(stream);
        }

        watched.Dispose();
    }

    private static bool IsNewer(StreamHead head, StreamHead than) => (head.Incarnation, head.Version).CompareTo((than.Incarnation, than.Version)) > 0;

    private sealed class Watched : IDisposable
    {
        private readonly CancellationTokenSource _ended = new();

        public Watched() => Ended = _ended.Token;

        public int Users { get; set; }

        public StreamHead Newest { get; set; }

        public Task? Poller { get; set; }

        public CancellationToken Ended { get; }

        public TaskCompletionSource<StreamHead> Next { get; private set; } = NewNext();

        public TaskCompletionSource<StreamHead> Wake()
        {
            var next = Next;
            Next = NewNext();
            return next;
        }

        public void Dispose()
        {
            _ended.Cancel();
            _ended.Dispose();
        }

        private static TaskCompletionSource<StreamHead> NewNext()
        {
            var next = new TaskCompletionSource<StreamHead>(TaskCreationOptions.RunContinuationsAsynchronously);
            _ = next.Task.Exception; // a wait that nobody is in must not be reported as unobserved
            return next;
        }
    }
}
