using Orleans.Persist.Scopes;

namespace Orleans.Persist.Web.Tests.Grpc;

/// <summary>A store that answers no save until the call is cancelled.</summary>
internal sealed class StuckStore : IScopedStore
{
    public TaskCompletionSource Called { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async ValueTask SaveAsync(ScopedLocation location, ReadOnlyMemory<byte> value, TimeSpan timeToLive = default, CancellationToken cancellationToken = default)
    {
        Called.TrySetResult();
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Cancelled.TrySetResult();
            throw;
        }
    }

    public ValueTask<LoadResult> TryLoadAsync(ScopedLocation location, CancellationToken cancellationToken = default) => new(default(LoadResult));

    public ValueTask DeleteAsync(ScopedLocation location, CancellationToken cancellationToken = default) => default;
}
