namespace Orleans.Persist.Sources;

/// <summary>How far a sink that runs, or ran, has come; what only the one who runs it knows.</summary>
/// <param name="Online">Whether it runs.</param>
/// <param name="Version">The last version applied.</param>
/// <param name="ExportedVersion">The version that its last good export covers.</param>
/// <param name="Replayed">How many of the events that were there when it came online have been applied.</param>
/// <param name="Error">Why it stopped by itself, or what it has missed.</param>
internal sealed record SinkProgress(bool Online, long Version, long ExportedVersion, long Replayed, string? Error);
