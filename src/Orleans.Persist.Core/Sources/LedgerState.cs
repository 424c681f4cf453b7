using System.Text.Json.Serialization;

namespace Orleans.Persist.Sources;

/// <summary>Everything a source has noted: the content of a checkpoint of its ledger.</summary>
internal sealed record LedgerState(int Run, IReadOnlyList<SinkRecord> Sinks);

[JsonSerializable(typeof(LedgerState))]
[JsonSerializable(typeof(SinkRecord))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
#pragma warning disable MA0048 // the serializer of the record above
internal sealed partial class LedgerJson : JsonSerializerContext;
#pragma warning restore MA0048
