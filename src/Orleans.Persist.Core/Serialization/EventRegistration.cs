namespace Orleans.Persist.Serialization;

/// <summary>A type as it was given to the builder; its codec is made when the registry is.</summary>
/// <param name="Name">The stored name.</param>
/// <param name="SchemaVersion">The schema version.</param>
/// <param name="Type">The CLR type.</param>
/// <param name="Reader">Makes the reader.</param>
/// <param name="Writer">Makes the writer, from the registry's rules; null for an old type.</param>
internal sealed record EventRegistration<TEvent>(
    string Name,
    int SchemaVersion,
    Type Type,
    Func<IPayloadCodecFactory, EventReader<TEvent>> Reader,
    Func<IPayloadCodecFactory, EventWriter<TEvent>>? Writer);
