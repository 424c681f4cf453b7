using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Orleans.Persist.SiloHost.Ingest;

/// <summary>Source and id of an event, which together identify it, as 128 bits of a SHA-256: a set of these takes about 32 bytes an event.</summary>
internal static class EventKey
{
    /// <summary>The key. That two of a billion events share one has a chance of about 1 in 10^21.</summary>
    public static UInt128 Of(string source, string id)
    {
        var size = 4 + Encoding.UTF8.GetMaxByteCount(source.Length) + Encoding.UTF8.GetMaxByteCount(id.Length);
        var buffer = size <= 1024 ? stackalloc byte[1024] : new byte[size];
        var length = Encoding.UTF8.GetBytes(source, buffer[4..]);
        BinaryPrimitives.WriteInt32LittleEndian(buffer, length);
        length += 4;
        length += Encoding.UTF8.GetBytes(id, buffer[length..]);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(buffer[..length], digest);
        return BinaryPrimitives.ReadUInt128LittleEndian(digest);
    }
}
