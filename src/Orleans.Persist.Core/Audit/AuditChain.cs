using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Audit;

/// <summary>A hash over every event of a source up to a version, each hashed together with the hash before it: nobody who has one can change, insert or remove an event below it unnoticed.</summary>
/// <remarks>
/// The hash before the first event is SHA-256 of the UTF-8 text <c>orleans-persist audit chain 1</c>, a line feed, the source's name, a line feed and the incarnation.
/// The hash of version v is SHA-256 of: the hash of v - 1, the version (i64, little endian), the recorded time (i64, ticks of 100 ns since 0001-01-01 UTC),
/// the length of the event's body (i32) and the body in the layout of <see cref="Serialization.EventBody"/>.
/// It is computed when a checkpoint is taken or verified, from the events; an append pays nothing for it.
/// </remarks>
public sealed class AuditChain
{
    private const int PrefixLength = SHA256.HashSizeInBytes + 8 + 8 + 4;
    private byte[] _buffer = new byte[1024];

    /// <summary>A chain that begins before the first event.</summary>
    public AuditChain(string source, int incarnation)
    {
        Version = 0;
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"orleans-persist audit chain 1\n{source}\n{incarnation}")), _buffer);
    }

    /// <summary>A chain that goes on where a checkpoint was taken.</summary>
    public AuditChain(AuditCheckpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        Version = checkpoint.Version;
        Convert.FromHexString(checkpoint.Hash).CopyTo(_buffer, 0);
    }

    /// <summary>The last version in the hash.</summary>
    public long Version { get; private set; }

    /// <summary>The hash, in hexadecimal digits.</summary>
    public string Hash => Convert.ToHexStringLower(_buffer.AsSpan(0, SHA256.HashSizeInBytes));

    /// <summary>Adds the next event.</summary>
    /// <exception cref="ArgumentException">It is not the next one.</exception>
    public void Add(RecordedEvent @event)
    {
        ArgumentNullException.ThrowIfNull(@event);
        if (@event.Version != Version + 1)
            throw new ArgumentException($"Version {Version} is followed by version {@event.Version}.", nameof(@event));
        var body = @event.Body.Span;
        if (_buffer.Length < PrefixLength + body.Length)
            Array.Resize(ref _buffer, Math.Max(PrefixLength + body.Length, _buffer.Length * 2));
        BinaryPrimitives.WriteInt64LittleEndian(_buffer.AsSpan(32), @event.Version);
        BinaryPrimitives.WriteInt64LittleEndian(_buffer.AsSpan(40), @event.Recorded.UtcTicks);
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(48), body.Length);
        body.CopyTo(_buffer.AsSpan(PrefixLength));
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(_buffer.AsSpan(0, PrefixLength + body.Length), hash);
        hash.CopyTo(_buffer);
        Version++;
    }
}
