namespace Orleans.Persist.LogConsistency;

/// <summary>A wish that the log be cleared, which the worker grants between two writes.</summary>
internal sealed record ClearRequest(CancellationToken Cancellation)
{
    public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
