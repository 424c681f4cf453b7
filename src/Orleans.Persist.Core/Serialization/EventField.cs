namespace Orleans.Persist.Serialization;

/// <summary>The textual attributes of an event in the order in which <see cref="EventBody"/> lays them out. All but the type may be absent.</summary>
public enum EventField
{
    /// <summary>The type's name; always there.</summary>
    Type = 0,

    /// <summary>The event's id.</summary>
    Id = 1,

    /// <summary>The event's source.</summary>
    Source = 2,

    /// <summary>The aggregate.</summary>
    Subject = 3,

    /// <summary>The media type of the payload.</summary>
    ContentType = 4,
}
