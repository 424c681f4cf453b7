using System.Buffers;

namespace Orleans.Persist.Serialization;

/// <summary>Turns payloads of one CLR type into bytes and back. Used from any thread, concurrently.</summary>
/// <typeparam name="T">The type of the payloads.</typeparam>
public interface IPayloadCodec<T>
{
    /// <summary>The media type of the bytes, stored with every event; null stores none.</summary>
    string? ContentType { get; }

    /// <summary>Whether payloads of any older schema version can be read as they are, where a registration does not say it.</summary>
    /// <remarks>True for formats that name their members, as JSON does: what is new stays at its default, and what is gone is passed over.</remarks>
    bool ReadsOlderVersions => false;

    /// <summary>Writes a payload.</summary>
    void Write(T value, IBufferWriter<byte> output);

    /// <summary>Reads what <see cref="Write"/> wrote. Throws whatever says best what is wrong with bytes that are no such payload; never returns null.</summary>
    /// <param name="data">All bytes of the payload; not to be kept.</param>
    T Read(ReadOnlySpan<byte> data);
}
