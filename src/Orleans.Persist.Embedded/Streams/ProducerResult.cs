using Orleans.Persist.Journal;

namespace Orleans.Persist.Embedded.Streams;

/// <summary>A producer's newest number in a stream, and the result its append had.</summary>
internal readonly record struct ProducerResult(long Sequence, AppendResult Result);
