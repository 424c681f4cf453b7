using System.Buffers;

namespace Orleans.Persist.Serialization;

/// <summary>Turns the state of a process into the bytes of a snapshot and back. Used from any thread, concurrently.</summary>
/// <typeparam name="TState">The state.</typeparam>
public interface IStateCodec<TState>
{
    /// <summary>The stable name of the state's type, stored with a snapshot.</summary>
    string Type { get; }

    /// <summary>The version of the state's schema that is written, not negative.</summary>
    int SchemaVersion { get; }

    /// <summary>Writes a state.</summary>
    void Write(TState state, IBufferWriter<byte> output);

    /// <summary>Reads a state. The result shares nothing with <paramref name="data"/>.</summary>
    /// <param name="data">All bytes of the state.</param>
    /// <param name="type">The type they were stored under.</param>
    /// <param name="schemaVersion">The schema version they were stored with.</param>
    /// <exception cref="FormatException">The bytes are no such state, or <see cref="CanRead"/> is false for them.</exception>
    TState Read(ReadOnlySpan<byte> data, string type, int schemaVersion);

    /// <summary>Whether states stored under this type and schema version can be read. A snapshot that can't is as good as none: the events are replayed.</summary>
    bool CanRead(string type, int schemaVersion);
}
