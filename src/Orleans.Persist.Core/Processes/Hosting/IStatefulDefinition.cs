namespace Orleans.Persist.Processes;

/// <summary>A kind of process whose state can be looked at.</summary>
internal interface IStatefulDefinition<TState>
{
    /// <summary>The state in a kernel of this kind; on its turn.</summary>
    object? Look(object kernel);

    ValueTask<PastState<TState>> GetStateAsync(ProcessHost host, ProcessId id, RecoveryOptions options, CancellationToken cancellationToken);
}
