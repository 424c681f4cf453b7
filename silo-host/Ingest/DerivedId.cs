using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Orleans.Persist.SiloHost.Ingest;

/// <summary>Ids for events of inputs that have none.</summary>
internal static class DerivedId
{
    /// <summary>An id made of the event's place in the input (from 1) and 64 bits of a SHA-256 of its content.</summary>
    /// <remarks>The same input read with the same columns gives the same ids, also when more was added at its end; another event in the same place gets another id.</remarks>
    public static string Of(long ordinal, string? subject, string type, DateTimeOffset? time, ReadOnlySpan<byte> data)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, subject);
        Append(hash, type);
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(number, time?.UtcTicks ?? -1);
        hash.AppendData(number);
        hash.AppendData(data);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return string.Create(CultureInfo.InvariantCulture, $"{ordinal}-{Convert.ToHexStringLower(digest[..8])}");
    }

    /// <summary>Length first, so that no two lists of texts give the same bytes; -1 for an absent one.</summary>
    private static void Append(IncrementalHash hash, string? text)
    {
        Span<byte> length = stackalloc byte[4];
        var bytes = text is null ? [] : Encoding.UTF8.GetBytes(text);
        BinaryPrimitives.WriteInt32LittleEndian(length, text is null ? -1 : bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
