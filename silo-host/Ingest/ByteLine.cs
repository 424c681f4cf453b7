namespace Orleans.Persist.SiloHost.Ingest;

/// <summary>A line of an input as valid UTF-8, with its end (LF or CRLF) if it has one. The bytes are good until the next line is read.</summary>
internal readonly record struct ByteLine(long Number, ReadOnlyMemory<byte> Bytes);
