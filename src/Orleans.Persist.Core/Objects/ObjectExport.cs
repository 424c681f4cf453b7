namespace Orleans.Persist.Objects;

/// <summary>What an export has stored.</summary>
/// <param name="Objects">How many objects it had.</param>
/// <param name="Number">The number of the export in a snapshot store, or the version of its last object in an appending one (0 where that is empty).</param>
/// <param name="Time">When it was made (UTC).</param>
public sealed record ObjectExport(long Objects, long Number, DateTimeOffset Time);
