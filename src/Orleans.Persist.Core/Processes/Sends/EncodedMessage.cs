namespace Orleans.Persist.Processes;

/// <summary>A message as it is stored and travels.</summary>
/// <param name="Type">The stable name of its type.</param>
/// <param name="SchemaVersion">The version of its schema.</param>
/// <param name="Data">The payload. Must not change afterwards.</param>
public readonly record struct EncodedMessage(string Type, int SchemaVersion, ReadOnlyMemory<byte> Data);
