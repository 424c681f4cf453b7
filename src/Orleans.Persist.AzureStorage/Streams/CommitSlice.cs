using Orleans.Persist.Journal;

namespace Orleans.Persist.AzureStorage.Streams;

/// <summary>A commit's events, and which of their versions a read wants.</summary>
internal readonly record struct CommitSlice(RecordedEvent[] Events, long Low, long High);
