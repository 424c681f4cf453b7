using System.Text.Json.Serialization;

namespace Orleans.Persist.Web.Http;

/// <summary>Which events have been processed.</summary>
/// <param name="Incarnation">The incarnation that came with them.</param>
/// <param name="Versions">Their sequence numbers.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record AcknowledgeRequest(
    [property: JsonRequired] int Incarnation,
    [property: JsonRequired] IReadOnlyList<long> Versions);
