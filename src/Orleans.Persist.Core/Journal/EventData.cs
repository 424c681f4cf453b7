namespace Orleans.Persist.Journal;

/// <summary>An event as its publisher hands it in: everything but what the journal adds (stream, version, recorded time, position).</summary>
/// <remarks>Maps 1:1 to CloudEvents 1.0, but for <see cref="Kernel"/>. The instance and the memory behind <see cref="Data"/> and <see cref="Kernel"/> may be reused once the append has been called and its task has completed.</remarks>
public sealed record EventData
{
    /// <summary>The stable, registered name of the event's type (CloudEvents <c>type</c>). Not empty.</summary>
    public required string Type { get; init; }

    /// <summary>The payload, opaque to the journal. Empty by default.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>The event's id, unique within its <see cref="Source"/>. When null, the journal derives one from incarnation and version, and the event takes no part in the idempotency by id.</summary>
    public string? Id { get; init; }

    /// <summary>Who published the event (CloudEvents <c>source</c>). When null, the stream's name.</summary>
    public string? Source { get; init; }

    /// <summary>The publisher's time, stored as UTC with a resolution of 100 ns. When null, the time at which the journal records the event. May run backwards from event to event.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>The aggregate the event is about (CloudEvents <c>subject</c>), if any.</summary>
    public string? Subject { get; init; }

    /// <summary>The media type of <see cref="Data"/> (CloudEvents <c>datacontenttype</c>), if any.</summary>
    public string? ContentType { get; init; }

    /// <summary>The version of the payload's schema, 1 by default. Not negative.</summary>
    public int SchemaVersion { get; init; } = 1;

    /// <summary>Tags to find the event by. Empty by default.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Further attributes (correlation, causation, trace parent: see <see cref="MetadataNames"/>). Empty by default.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = EmptyMetadata;

    /// <summary>Bytes that the engine keeps with the event: opaque to the journal, and no part of the CloudEvent. Empty by default.</summary>
    public ReadOnlyMemory<byte> Kernel { get; init; }

    internal static IReadOnlyDictionary<string, string> EmptyMetadata { get; } =
        System.Collections.ObjectModel.ReadOnlyDictionary<string, string>.Empty;
}
