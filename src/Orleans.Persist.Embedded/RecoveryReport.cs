namespace Orleans.Persist.Embedded;

/// <summary>What opening a log found left over from a crash.</summary>
/// <param name="Segments">How many segments the log has.</param>
/// <param name="ScannedBytes">How many bytes were read to bring the index of the newest segment up to date.</param>
/// <param name="TornBytes">How many bytes at the end were no whole record and were cut off; none of them was ever acknowledged.</param>
/// <param name="TornPlace">The file and offset where they stood, or null.</param>
public sealed record RecoveryReport(int Segments, long ScannedBytes, long TornBytes, string? TornPlace);
