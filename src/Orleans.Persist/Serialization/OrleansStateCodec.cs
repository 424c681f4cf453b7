using System.Buffers;
using Orleans.Serialization;

namespace Orleans.Persist.Serialization;

/// <summary>States by Orleans' serializer, which finds members by their ids: states stored by older and newer releases are read as far as they go.</summary>
/// <typeparam name="TState">The state.</typeparam>
public sealed class OrleansStateCodec<TState> : IStateCodec<TState>
{
    private readonly Serializer<TState> _serializer;
    private readonly OrleansTypeNames _names;

    /// <summary>A codec for a state.</summary>
    /// <exception cref="NotSupportedException">Orleans cannot serialize it.</exception>
    public OrleansStateCodec(Serializer serializer, OrleansTypeNames names)
    {
        ArgumentNullException.ThrowIfNull(serializer);
        ArgumentNullException.ThrowIfNull(names);
        if (!serializer.CanSerialize<TState>())
            throw new NotSupportedException($"Orleans cannot serialize {typeof(TState)}: mark it with [GenerateSerializer], or configure a serializer for it.");
        _serializer = serializer.GetSerializer<TState>();
        _names = names;
        Type = names.NameOf(typeof(TState));
    }

    /// <inheritdoc/>
    public string Type { get; }

    /// <inheritdoc/>
    public int SchemaVersion => 1;

    /// <inheritdoc/>
    public void Write(TState state, IBufferWriter<byte> output) => _serializer.Serialize(state, output);

    /// <inheritdoc/>
    public TState Read(ReadOnlySpan<byte> data, string type, int schemaVersion)
    {
        if (!CanRead(type, schemaVersion))
            throw new FormatException($"The state is a '{type}' of the schema version {schemaVersion}; what can be read is '{Type}' {SchemaVersion}.");
        try
        {
            return _serializer.Deserialize(data) ?? throw new FormatException($"The state '{type}' is null.");
        }
        catch (Exception e) when (e is not FormatException)
        {
            throw new FormatException($"The state '{type}' cannot be read: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public bool CanRead(string type, int schemaVersion) => schemaVersion == SchemaVersion && (type == Type || FoundAs(type));

    private bool FoundAs(string name)
    {
        try
        {
            return _names.Find(name) == typeof(TState); // stored before it got an alias
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
