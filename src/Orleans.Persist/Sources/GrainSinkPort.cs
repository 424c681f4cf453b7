using Orleans.Persist.Journal;

namespace Orleans.Persist.Sources;

/// <summary>A sink that is a grain: events are applied, and its state is captured, in the grain's turns and on its scheduler.</summary>
internal sealed class GrainSinkPort<TState>(EventSinkGrain<TState> grain, string name, SinkTurn turn, TaskScheduler scheduler) : SinkPort
    where TState : class, new()
{
    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override string StateType => grain.StateType;

    /// <inheritdoc/>
    public override void Create() => grain.State = new TState();

    /// <inheritdoc/>
    public override void Import(ReadOnlyMemory<byte> bytes) => grain.State = grain.Deserialize(bytes);

    /// <inheritdoc/>
    public override ValueTask OnImportedAsync(long version, CancellationToken cancellationToken) =>
        new(RunAsync(() => grain.OnImportedAsync(version, cancellationToken).AsTask(), cancellationToken)); // the grain is activating: there are no turns yet

    /// <inheritdoc/>
    public override async ValueTask ApplyAsync(RecordedEvent @event, CancellationToken cancellationToken)
    {
        if (turn.IsLong)
            turn.Leave();
        await turn.EnterAsync(cancellationToken).ConfigureAwait(false);
        await RunAsync(() => grain.ApplyAsync(@event, cancellationToken).AsTask(), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async ValueTask<ReadOnlyMemory<byte>> CaptureAsync(CancellationToken cancellationToken)
    {
        await turn.EnterAsync(cancellationToken).ConfigureAwait(false);
        return await RunAsync(() => Task.FromResult(grain.Serialize(grain.State)), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override void Pause() => turn.Leave();

    private async Task RunAsync(Func<Task> work, CancellationToken cancellationToken) =>
        await Task.Factory.StartNew(work, cancellationToken, TaskCreationOptions.DenyChildAttach, scheduler).Unwrap().ConfigureAwait(false);

    private async Task<T> RunAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken) =>
        await Task.Factory.StartNew(work, cancellationToken, TaskCreationOptions.DenyChildAttach, scheduler).Unwrap().ConfigureAwait(false);
}
