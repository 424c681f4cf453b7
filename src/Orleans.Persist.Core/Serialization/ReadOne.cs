namespace Orleans.Persist.Serialization;

/// <summary>Reads a payload that is one of today's events.</summary>
internal delegate TEvent ReadOne<out TEvent>(ReadOnlySpan<byte> data);
