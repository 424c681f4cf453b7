namespace Orleans.Persist.Objects;

/// <summary>What a snapshot store found when it looked for its last export (requirements g.6.0, g.6.1).</summary>
/// <param name="Number">The number of the export restored, 0 where there has been none.</param>
/// <param name="Objects">How many objects it has.</param>
/// <param name="Time">When it was made (UTC); null where there has been none.</param>
/// <param name="Damage">Why later exports could not be restored, newest first. Empty when all is well.</param>
public sealed record ObjectRestore(long Number, long Objects, DateTimeOffset? Time, IReadOnlyList<Exception> Damage);
