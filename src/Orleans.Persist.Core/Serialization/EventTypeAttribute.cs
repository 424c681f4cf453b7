namespace Orleans.Persist.Serialization;

/// <summary>The stable name of a type of events: what the journal stores, however the CLR type is called or moved later.</summary>
/// <param name="name">The name; not empty. Never change it once events are stored under it.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Interface, Inherited = false)]
public sealed class EventTypeAttribute(string name) : Attribute
{
    /// <summary>The name.</summary>
    public string Name { get; } = name;

    /// <summary>The version of the payload's schema, 1 by default. Not negative.</summary>
    public int SchemaVersion { get; init; } = 1;
}
