using System.Text.Json;
using System.Text.Json.Serialization;
using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Objects;

/// <summary>What the definition stream of an object store says; its newest event counts.</summary>
/// <param name="Snapshot">Whether it is a snapshot store.</param>
/// <param name="Timestamped">Whether its objects have a timestamp.</param>
/// <param name="Generation">Which of its object streams counts. A purge that has to rewrite opens the next.</param>
/// <param name="Incarnation">The incarnation of that stream.</param>
internal sealed record ObjectStoreDefinition(bool Snapshot, bool Timestamped, int Generation, int Incarnation)
{
    public const string Created = "ObjectStoreCreated";
    public const string Rewritten = "ObjectStoreRewritten";

    /// <summary>The definition and the state of its stream; null where there is none.</summary>
    public static async ValueTask<(ObjectStoreDefinition? Definition, StreamHead Head)> ReadAsync(
        IJournal journal, string name, CancellationToken cancellationToken)
    {
        var stream = SystemNames.ObjectStore(name);
        var head = await journal.GetHeadAsync(stream, cancellationToken).ConfigureAwait(false);
        if (!head.Exists)
            return (null, head);
        var request = new ReadRequest { Backward = true, Limit = 1, From = head.Version, Incarnation = head.Incarnation };
        await foreach (var @event in journal.ReadAsync(stream, request, cancellationToken).ConfigureAwait(false))
            return (JsonSerializer.Deserialize(@event.Data.Span, DefinitionJson.Default.ObjectStoreDefinition), head);
        throw new JournalDamagedException("The definition is missing.", $"object store '{name}'", stream, head.Version);
    }

    /// <summary>Makes this the definition, if it is still as <paramref name="head"/> says, and returns the stream's new state.</summary>
    /// <exception cref="VersionConflictException">It is not.</exception>
    public async ValueTask<StreamHead> WriteAsync(
        IJournal journal, string type, StreamHead head, DateTimeOffset time, CancellationToken cancellationToken)
    {
        var @event = new EventData
        {
            Type = type,
            Time = time,
            ContentType = "application/json",
            Data = JsonSerializer.SerializeToUtf8Bytes(this, DefinitionJson.Default.ObjectStoreDefinition),
        };
        var expected = ExpectedVersion.Exactly(head.Version, head.Incarnation);
        var result = await journal.AppendAsync(head.Stream, expected, @event, cancellationToken).ConfigureAwait(false);
        return head with { Version = result.LastVersion, Recorded = result.Recorded };
    }

    public override string ToString() =>
        (Snapshot ? "a snapshot store" : "an appending store") + (Timestamped ? " with timestamps" : " without timestamps");
}

[JsonSerializable(typeof(ObjectStoreDefinition))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
#pragma warning disable MA0048 // the serializer of the record above
internal sealed partial class DefinitionJson : JsonSerializerContext;
#pragma warning restore MA0048
