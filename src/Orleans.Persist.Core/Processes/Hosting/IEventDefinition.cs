using Orleans.Persist.Serialization;

namespace Orleans.Persist.Processes;

/// <summary>A kind of process whose events can be read.</summary>
internal interface IEventDefinition<TEvent>
{
    EventTypes<TEvent> Events { get; }
}
