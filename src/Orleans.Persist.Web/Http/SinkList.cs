using Orleans.Persist.Sources;

namespace Orleans.Persist.Web.Http;

/// <summary>The sinks of a source.</summary>
internal sealed record SinkList(string Source, long Version, IReadOnlyList<SinkStatus> Sinks);
