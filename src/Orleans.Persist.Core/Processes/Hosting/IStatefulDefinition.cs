namespace Orleans.Persist.Processes;

/// <summary>A kind of process whose state can be looked at.</summary>
internal interface IStatefulDefinition<TState>
{
    ValueTask<PastState<TState>> GetStateAsync(ProcessHost host, ProcessId id, RecoveryOptions options, CancellationToken cancellationToken);
}
