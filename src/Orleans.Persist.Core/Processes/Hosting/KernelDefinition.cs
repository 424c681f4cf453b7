using Orleans.Persist.Serialization;

namespace Orleans.Persist.Processes;

/// <summary>What both kinds of process have in common as a host knows them: their options, and looking at states beside the running process.</summary>
internal abstract class KernelDefinition<TState, TEvent> : ProcessDefinition, IStatefulDefinition<TState>, IEventDefinition<TEvent>
    where TEvent : notnull
{
    protected KernelDefinition(string type, ProcessOptions<TState, TEvent> options)
        : base(type)
    {
        options.Validate(type);
        Options = options;
    }

    public ProcessOptions<TState, TEvent> Options { get; }

    EventTypes<TEvent> IEventDefinition<TEvent>.Events => Options.Kernel.Events;

    internal override int MailboxCapacity => Options.MailboxCapacity;

    internal override MailboxOverflow Overflow => Options.Overflow;

    internal override TimeSpan IdleAfter => Options.IdleAfter;

    internal override int MaxDeliveryAttempts => Options.MaxDeliveryAttempts;

    object? IStatefulDefinition<TState>.Look(object kernel) => Past((ProcessKernel<TState, TEvent>)kernel);

    async ValueTask<PastState<TState>> IStatefulDefinition<TState>.GetStateAsync(ProcessHost host, ProcessId id, RecoveryOptions options, CancellationToken cancellationToken) =>
        Past(await RecoverAsync(host, id, Options.Kernel, options, cancellationToken).ConfigureAwait(false));

    internal override async ValueTask ReplayAsync(ProcessHost host, ProcessId id, CancellationToken cancellationToken) =>
        await RecoverAsync(host, id, Options.Kernel with { OnPoison = PoisonPolicy.Fail }, new RecoveryOptions { UseSnapshots = false }, cancellationToken).ConfigureAwait(false);

    /// <summary>Makes a process whose kernel is its own, to be recovered beside the running one.</summary>
    protected abstract (Process Process, ProcessKernel<TState, TEvent> Kernel) Make(ProcessHost host, ProcessId id, KernelOptions<TState, TEvent> kept);

    private static PastState<TState> Past(ProcessKernel<TState, TEvent> kernel) => new(kernel.State, kernel.Version, kernel.LastRecorded);

    private async ValueTask<ProcessKernel<TState, TEvent>> RecoverAsync(
        ProcessHost host, ProcessId id, KernelOptions<TState, TEvent> kept, RecoveryOptions options, CancellationToken cancellationToken)
    {
        var (process, kernel) = Make(host, id, kept);
        process.Attach(new ReplayRuntime<TState, TEvent>(id, kernel));
        await host.RecoverAsync(token => kernel.RecoverAsync(options, token), cancellationToken).ConfigureAwait(false);
        return kernel;
    }
}
