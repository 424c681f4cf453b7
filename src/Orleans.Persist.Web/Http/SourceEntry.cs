namespace Orleans.Persist.Web.Http;

/// <summary>The state of a source.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Incarnation">Goes up when its events are deleted.</param>
/// <param name="Version">The sequence number of its newest event.</param>
/// <param name="First">The oldest sequence number that can be read.</param>
/// <param name="Recorded">When the newest event was recorded.</param>
internal sealed record SourceEntry(string Name, int Incarnation, long Version, long First, DateTimeOffset Recorded);
