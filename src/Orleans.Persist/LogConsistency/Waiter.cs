namespace Orleans.Persist.LogConsistency;

/// <summary>Somebody who waits until all entries below a number are settled and a refresh is done.</summary>
internal sealed class Waiter(long entries, long refresh)
{
    public long Entries { get; } = entries;

    public long Refresh { get; } = refresh;

    public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
