using Orleans.Persist.Journal;

namespace Orleans.Persist.AzureStorage.Streams;

/// <summary>An append that waits for its answer.</summary>
internal sealed class PendingAppend(EncodedAppend events, ExpectedVersion expected, IReadOnlyCollection<SubjectVersion> subjects, ProducerSequence? producer)
{
    private readonly TaskCompletionSource<AppendResult> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _state;

    public EncodedAppend Events { get; } = events;

    public ExpectedVersion Expected { get; } = expected;

    public IReadOnlyCollection<SubjectVersion> Subjects { get; } = subjects;

    public ProducerSequence? Producer { get; } = producer;

    /// <summary>The answer that was found, to be given once what it rests on is known to be so.</summary>
    public Func<AppendResult>? Answer { get; set; }

    /// <summary>What a comparison with the stream's events as of an ETag brought: the answer, or null where none of them is the same.</summary>
    public (string Etag, Func<AppendResult>? Answer)? Compared { get; set; }

    public Task<AppendResult> Task => _done.Task;

    public bool IsDone => _done.Task.IsCompleted;

    /// <summary>Claims the append for being stored, unless its caller has given up before.</summary>
    public bool TryBegin() => Interlocked.CompareExchange(ref _state, 1, 0) is not 2;

    /// <summary>Gives the append up, unless it has begun.</summary>
    public bool TryCancel() => Interlocked.CompareExchange(ref _state, 2, 0) is 0;

    public void Complete(AppendResult result) => End(() => _done.TrySetResult(result));

    public void Fail(Exception exception) => End(() => _done.TrySetException(exception));

    private void End(Action end)
    {
        if (!IsDone)
            end();
    }
}
