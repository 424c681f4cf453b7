using System.Buffers;

namespace Orleans.Persist.Serialization;

/// <summary>For states that cannot be serialized, so that no snapshot is taken: it is never asked to write one, and reads none.</summary>
internal sealed class NoStateCodec<TState> : IStateCodec<TState>
{
    public string Type => typeof(TState).Name;

    public int SchemaVersion => 0;

    public void Write(TState state, IBufferWriter<byte> output) => throw new NotSupportedException($"Orleans cannot serialize {typeof(TState)}.");

    public TState Read(ReadOnlySpan<byte> data, string type, int schemaVersion) => throw new FormatException($"Orleans cannot serialize {typeof(TState)}.");

    public bool CanRead(string type, int schemaVersion) => false;
}
