namespace Orleans.Persist.Grains;

/// <summary>How persistent grains get what others sent them. Every <see cref="PersistentGrain{TState, TEvent}"/> has it; nobody needs to call it.</summary>
[Alias("Orleans.Persist.IMessageGrain")]
public interface IMessageGrain : IGrain
{
    /// <summary>Takes a message. Completes once its effects are durable; the same message again has none.</summary>
    [Alias("Receive")]
    Task Receive(GrainMessage message);

    /// <summary>Activates the grain, so that it sends again what was not acknowledged.</summary>
    [Alias("Wake")]
    Task Wake();
}
