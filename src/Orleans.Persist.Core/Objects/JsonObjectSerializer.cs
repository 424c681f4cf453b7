using System.Buffers;
using System.Text.Json;

namespace Orleans.Persist.Objects;

/// <summary>Objects as JSON, by System.Text.Json: the default.</summary>
/// <param name="options">The options; those of System.Text.Json by default.</param>
public sealed class JsonObjectSerializer<T>(JsonSerializerOptions? options = null) : IObjectSerializer<T>
{
    /// <inheritdoc/>
    public string ContentType => "application/json";

    /// <inheritdoc/>
    public void Write(T value, IBufferWriter<byte> destination)
    {
        using var writer = new Utf8JsonWriter(destination);
        JsonSerializer.Serialize(writer, value, options);
    }

    /// <inheritdoc/>
    public T Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(bytes, options)!;
        }
        catch (JsonException e)
        {
            throw new FormatException($"The object is no JSON of {typeof(T).Name}: {e.Message}", e);
        }
    }
}
