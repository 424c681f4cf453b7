using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Orleans.Persist.Diagnostics;
using Orleans.Serialization;

namespace Orleans.Persist.Serialization;

/// <summary>How grains' events, states and messages are stored where nothing else is configured: by Orleans' serializer, under the names it has for types.</summary>
internal sealed class GrainSerialization(Serializer serializer, OrleansTypeNames names, ILogger<GrainSerialization> logger)
{
    private readonly ConcurrentDictionary<Type, bool> _reported = new();

    /// <summary>A registry of events: what is configured, what has an <c>[EventType]</c>, and all others as they come along.</summary>
    public EventTypes<TEvent> Events<TEvent>(Action<EventTypesBuilder<TEvent>>? configure) => EventTypes<TEvent>.Create(builder =>
    {
        builder.UseCodecs(new OrleansPayloadCodecFactory(serializer)).Learn(names);
        configure?.Invoke(builder);
        if (typeof(TEvent) != typeof(object))
            builder.AddAttributed(typeof(TEvent).Assembly);
    });

    /// <summary>The codec of a state, or null (and a warning) where Orleans cannot serialize it, so that there are no snapshots of it.</summary>
    public IStateCodec<TState>? State<TState>()
    {
        if (serializer.CanSerialize<TState>())
            return new OrleansStateCodec<TState>(serializer, names);
        if (_reported.TryAdd(typeof(TState), true))
            logger.NoSnapshots(typeof(TState));
        return null;
    }
}
