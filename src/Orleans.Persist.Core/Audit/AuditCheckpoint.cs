using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orleans.Persist.Audit;

/// <summary>What proves, kept where the source's keeper cannot change it, every event of the source up to a version (requirement s.8).</summary>
public sealed record AuditCheckpoint
{
    /// <summary>The source.</summary>
    public required string Source { get; init; }

    /// <summary>Its incarnation.</summary>
    public required int Incarnation { get; init; }

    /// <summary>The last version that the hash covers.</summary>
    public required long Version { get; init; }

    /// <summary>The hash of the chain up to that version (see <see cref="AuditChain"/>): 64 hexadecimal digits.</summary>
    public required string Hash { get; init; }

    /// <summary>When it was taken (UTC).</summary>
    public required DateTimeOffset Taken { get; init; }

    /// <summary>The signature over the other fields, in base64; null where it was not signed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Signature { get; init; }

    /// <summary>The bytes that are signed.</summary>
    internal byte[] Signed => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"orleans-persist audit checkpoint 1\n{Source}\n{Incarnation}\n{Version}\n{Hash}\n{Taken.UtcTicks}"));

    /// <summary>The checkpoint as one line of JSON, without a line feed.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, AuditJson.Default.AuditCheckpoint);

    /// <summary>The checkpoint in a line of JSON.</summary>
    /// <exception cref="FormatException">It is none; the message says why.</exception>
    public static AuditCheckpoint Parse(string json)
    {
        try
        {
            var checkpoint = JsonSerializer.Deserialize(json, AuditJson.Default.AuditCheckpoint) ?? throw new FormatException("It is null, and no checkpoint.");
            if (checkpoint.Hash is not { Length: 64 } || !checkpoint.Hash.All(char.IsAsciiHexDigitLower))
                throw new FormatException("The hash of a checkpoint is 64 lower-case hexadecimal digits.");
            return string.IsNullOrEmpty(checkpoint.Source) || checkpoint.Version < 1 || checkpoint.Incarnation < 1
                ? throw new FormatException("A checkpoint names its source, and its version and incarnation are 1 or more.")
                : checkpoint;
        }
        catch (JsonException e)
        {
            throw new FormatException($"It is no checkpoint: {e.Message}", e);
        }
    }
}
