namespace Orleans.Persist.Serialization;

/// <summary>Makes the codec of every type that is registered without one of its own.</summary>
public interface IPayloadCodecFactory
{
    /// <summary>The codec for a type. Called once for each type, when the registry is made.</summary>
    /// <exception cref="NotSupportedException">It has none for this type; the message says why.</exception>
    IPayloadCodec<T> Create<T>();
}
