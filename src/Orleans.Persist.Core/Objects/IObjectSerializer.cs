using System.Buffers;

namespace Orleans.Persist.Objects;

/// <summary>Turns objects into bytes and back. Used from any thread, concurrently.</summary>
/// <typeparam name="T">The type of the objects.</typeparam>
public interface IObjectSerializer<T>
{
    /// <summary>The media type of the bytes, stored with them.</summary>
    string ContentType { get; }

    /// <summary>Writes an object.</summary>
    void Write(T value, IBufferWriter<byte> destination);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="FormatException">The bytes are no such object.</exception>
    T Read(ReadOnlySpan<byte> bytes);
}
