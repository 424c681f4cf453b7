namespace Orleans.Persist.Serialization;

/// <summary>How the payloads of one name and schema version become events: always one (<see cref="One"/>), or what a migration makes of them (<see cref="Many"/>).</summary>
internal sealed record EventReader<TEvent>(int SchemaVersion, int CompatibleSince)
{
    public ReadOne<TEvent>? One { get; init; }

    public ReadMany<TEvent>? Many { get; init; }
}
