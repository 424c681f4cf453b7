using System.Runtime.InteropServices;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Processes;

/// <summary>The digest of what a turn drew and sent (requirement m.9): 64 bits, 0 for nothing. It finds a handler that differs, not one that lies.</summary>
internal static class TurnDigest
{
    public static ulong Add(ulong digest, ulong value) => NotZero(StableHash.Combine(digest, value));

    public static ulong Add(ulong digest, ReadOnlySpan<byte> bytes) => NotZero(StableHash.Combine(digest, StableHash.Of(bytes)));

    public static ulong Add(ulong digest, string text) => Add(digest, MemoryMarshal.AsBytes(text.AsSpan()));

    private static ulong NotZero(ulong digest) => digest == 0 ? 1 : digest;
}
