namespace Orleans.Persist.Embedded;

/// <summary>Something that does not check.</summary>
/// <param name="Place">The file and offset.</param>
/// <param name="What">What is wrong there.</param>
public sealed record VerifyDamage(string Place, string What);
