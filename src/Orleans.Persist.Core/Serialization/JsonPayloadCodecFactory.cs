using System.Text.Json;

namespace Orleans.Persist.Serialization;

/// <summary>JSON for every type, by one set of options: the default.</summary>
/// <param name="options">The options, for instance those of a source-generated context (<c>MyContext.Default.Options</c>); by default those of <see cref="JsonPayloadCodec{T}"/>.</param>
public sealed class JsonPayloadCodecFactory(JsonSerializerOptions? options = null) : IPayloadCodecFactory
{
    /// <inheritdoc/>
    public IPayloadCodec<T> Create<T>() => new JsonPayloadCodec<T>(options);
}
