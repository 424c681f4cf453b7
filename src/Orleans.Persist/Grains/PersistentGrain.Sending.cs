using Orleans.Persist.Processes;
using Orleans.Runtime;

namespace Orleans.Persist.Grains;

/// <content>Messages to other persistent grains: stored with the turn that sends them, delivered after it is durable, taking effect once (requirement m.5).</content>
public abstract partial class PersistentGrain<TState, TEvent> : IMessageGrain
{
    private GrainSends<TState, TEvent>? _sends;

    /// <summary>How many messages were sent and not acknowledged yet.</summary>
    protected int UnacknowledgedSends => Kernel.UnacknowledgedSends;

    /// <summary>Sends a message to another persistent grain, with this turn.</summary>
    /// <param name="to">The receiver.</param>
    /// <param name="message">The message; Orleans must be able to serialize it.</param>
    /// <exception cref="ArgumentException">It cannot be serialized.</exception>
    /// <exception cref="InvalidOperationException">From within <see cref="Apply"/>, which is repeated in every rebuild; or too many wait for their acknowledgement.</exception>
    protected void Send(GrainId to, object message) => Turn.Send(ProcessId.OfStream(to.ToString()), message);

    /// <inheritdoc cref="Send(GrainId, object)"/>
    protected void Send(IAddressable to, object message) => Send(to.GetGrainId(), message);

    /// <inheritdoc/>
    Task IMessageGrain.Wake() => Task.CompletedTask; // being active is all it takes

    /// <inheritdoc/>
    async Task IMessageGrain.Receive(GrainMessage message)
    {
        if (Kernel.IsDuplicate(message.Origin))
            return; // it took effect before; only the acknowledgement was lost
        await CompleteAsync().ConfigureAwait(true);
        Kernel.BeginCommand(Kernels.Services.Time.GetUtcNow(), message.Origin);
        await OnMessage(Kernels.Sends.Decode(message)).ConfigureAwait(true);
    }
}
