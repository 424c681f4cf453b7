using System.Text.Json.Serialization;

namespace Orleans.Persist.Bench.Scenarios;

/// <summary>The codec of the replay, ours and the bare loop's alike.</summary>
[JsonSerializable(typeof(ReplayOrder))]
internal sealed partial class ReplayOrderJson : JsonSerializerContext;
