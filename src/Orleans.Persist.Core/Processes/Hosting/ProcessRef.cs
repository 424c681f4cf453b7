namespace Orleans.Persist.Processes;

/// <summary>A way to one process: it is activated by its first message, and needs no closing.</summary>
/// <param name="Host">The host.</param>
/// <param name="Id">The process.</param>
public readonly record struct ProcessRef(ProcessHost Host, ProcessId Id)
{
    /// <inheritdoc cref="ProcessHost.CallAsync"/>
    public Task<object?> CallAsync(object message, CancellationToken cancellationToken = default) => Host.CallAsync(Id, message, cancellationToken);

    /// <summary>Sends a message and waits until it is handled and durable. The reply must be of the type asked for.</summary>
    /// <inheritdoc cref="ProcessHost.CallAsync"/>
    public async Task<TReply> CallAsync<TReply>(object message, CancellationToken cancellationToken = default) =>
        await Host.CallAsync(Id, message, cancellationToken).ConfigureAwait(false) is TReply reply
            ? reply
            : throw new InvalidCastException($"'{Id}' did not reply to {message.GetType()} with a {typeof(TReply)}.");

    /// <inheritdoc cref="ProcessHost.CastAsync"/>
    public ValueTask CastAsync(object message, CancellationToken cancellationToken = default) => Host.CastAsync(Id, message, cancellationToken);
}
