namespace Orleans.Persist.Processes;

/// <summary>The runtime of a process that only replays: nothing leaves it.</summary>
internal sealed class ReplayRuntime<TState, TEvent>(ProcessId id, ProcessKernel<TState, TEvent> kernel) : IProcessRuntime
    where TEvent : notnull
{
    public ProcessId Id => id;

    public long Version => kernel.Version;

    public TurnContext Turn => kernel.Turn;

    public void SetTimer(string name, ProcessTimer? timer) => kernel.Turn.Set(name, timer);

    public Task SaveSnapshotAsync() => Task.CompletedTask; // its handlers may ask for it; nothing leaves a replay
}
