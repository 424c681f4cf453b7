using Orleans.Persist.Journal;

namespace Orleans.Persist.Serialization;

/// <summary>Reads a payload that is none, one or several of today's events.</summary>
internal delegate IEnumerable<TEvent> ReadMany<out TEvent>(ReadOnlySpan<byte> data, RecordedEvent recorded);
