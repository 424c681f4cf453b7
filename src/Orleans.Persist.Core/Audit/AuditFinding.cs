namespace Orleans.Persist.Audit;

/// <summary>A stretch of a source that is not what its checkpoints say.</summary>
/// <param name="Source">The source.</param>
/// <param name="From">The first version of the stretch: the one after the last checkpoint that holds.</param>
/// <param name="To">The last version of it: that of the checkpoint that does not hold.</param>
/// <param name="What">What is wrong.</param>
public sealed record AuditFinding(string Source, long From, long To, string What);
