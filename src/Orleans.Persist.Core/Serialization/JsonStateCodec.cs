using System.Buffers;

namespace Orleans.Persist.Serialization;

/// <summary>States as JSON, by System.Text.Json, with the options of <see cref="JsonPayloadCodec{T}"/>: the default.</summary>
/// <remarks>
/// Only the current schema version is read, and the older ones for which there is an <see cref="UpgradeFrom"/>: a snapshot that is not read costs a longer replay,
/// one that is read wrongly would be a wrong state. Immutable.
/// </remarks>
/// <typeparam name="TState">The state.</typeparam>
public sealed class JsonStateCodec<TState> : IStateCodec<TState>
{
    private readonly JsonPayloadCodec<TState> _codec;
    private readonly Dictionary<(string Type, int SchemaVersion), ReadOne<TState>> _readers = [];

    /// <summary>Makes a codec.</summary>
    /// <param name="type">The stable name of the state's type; by default its full CLR name.</param>
    /// <param name="schemaVersion">The version of the state's schema.</param>
    /// <param name="codec">The JSON of the current version, from options or a source-generated contract.</param>
    public JsonStateCodec(string? type = null, int schemaVersion = 1, JsonPayloadCodec<TState>? codec = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(schemaVersion);
        Type = type ?? ClrName.Of(typeof(TState));
        SchemaVersion = schemaVersion;
        _codec = codec ?? new JsonPayloadCodec<TState>();
        _readers.Add((Type, SchemaVersion), _codec.Read);
    }

    private JsonStateCodec(JsonStateCodec<TState> other)
    {
        (Type, SchemaVersion, _codec) = (other.Type, other.SchemaVersion, other._codec);
        _readers = new Dictionary<(string, int), ReadOne<TState>>(other._readers);
    }

    /// <inheritdoc/>
    public string Type { get; }

    /// <inheritdoc/>
    public int SchemaVersion { get; }

    /// <summary>A codec like this one that also reads an older state and makes a current one of it.</summary>
    /// <param name="schemaVersion">The schema version it was stored with.</param>
    /// <param name="upgrade">What it is today.</param>
    /// <param name="type">The type it was stored under, if that was another.</param>
    /// <param name="codec">Its JSON.</param>
    /// <exception cref="ArgumentException">This type and schema version are read already.</exception>
    public JsonStateCodec<TState> UpgradeFrom<TOld>(int schemaVersion, Func<TOld, TState> upgrade, string? type = null, JsonPayloadCodec<TOld>? codec = null)
    {
        ArgumentNullException.ThrowIfNull(upgrade);
        var old = codec ?? new JsonPayloadCodec<TOld>();
        var upgraded = new JsonStateCodec<TState>(this);
        if (!upgraded._readers.TryAdd((type ?? Type, schemaVersion), data => upgrade(old.Read(data))))
            throw new ArgumentException($"The schema version {schemaVersion} of the state '{type ?? Type}' is read already.", nameof(schemaVersion));
        return upgraded;
    }

    /// <inheritdoc/>
    public void Write(TState state, IBufferWriter<byte> output) => _codec.Write(state, output);

    /// <inheritdoc/>
    public TState Read(ReadOnlySpan<byte> data, string type, int schemaVersion)
    {
        if (!_readers.TryGetValue((type, schemaVersion), out var read))
        {
            var readable = string.Join(", ", _readers.Keys.Select(key => $"'{key.Type}' {key.SchemaVersion}").Order(StringComparer.Ordinal));
            throw new FormatException($"The state is a '{type}' of the schema version {schemaVersion}; what can be read is {readable}.");
        }

        try
        {
            return read(data);
        }
        catch (Exception e)
        {
            throw new FormatException($"The state '{type}' of the schema version {schemaVersion} cannot be read: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public bool CanRead(string type, int schemaVersion) => _readers.ContainsKey((type, schemaVersion));
}
