using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Orleans.Persist.Serialization;

/// <summary>Payloads as JSON, by System.Text.Json: the default. Reads older schema versions as they are.</summary>
/// <remarks>
/// Without options of your own: the web defaults (camel case, names matched in any case), and public fields are written too.
/// Members that the type does not have (any more) are passed over. Members without a setter that no constructor parameter sets are not read back: this is System.Text.Json's rule.
/// </remarks>
/// <typeparam name="T">The type of the payloads.</typeparam>
public sealed class JsonPayloadCodec<T> : IPayloadCodec<T>
{
    private readonly JsonTypeInfo<T> _type;

    /// <summary>Makes a codec from options.</summary>
    /// <param name="options">The options; read-only from now on. By default those that the remarks name.</param>
    /// <exception cref="NotSupportedException">The options' contexts have no such type.</exception>
    public JsonPayloadCodec(JsonSerializerOptions? options = null)
    {
        options ??= PayloadJson.Options;
        options.MakeReadOnly(populateMissingResolver: true);
        _type = (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
    }

    /// <summary>Makes a codec from the contract of the type, for instance a source-generated one (<c>MyContext.Default.Deposited</c>).</summary>
    public JsonPayloadCodec(JsonTypeInfo<T> type)
    {
        ArgumentNullException.ThrowIfNull(type);
        _type = type;
    }

    /// <inheritdoc/>
    public string ContentType => "application/json";

    /// <inheritdoc/>
    public bool ReadsOlderVersions => true;

    /// <inheritdoc/>
    public void Write(T value, IBufferWriter<byte> output) => PayloadJson.Write(value, _type, output);

    /// <inheritdoc/>
    /// <exception cref="JsonException">The bytes are no JSON of this type, or <c>null</c>.</exception>
    public T Read(ReadOnlySpan<byte> data) =>
        JsonSerializer.Deserialize(data, _type) ?? throw new JsonException($"The JSON is null where a {typeof(T).Name} is wanted.");
}
