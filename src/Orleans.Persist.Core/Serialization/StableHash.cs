using System.Runtime.CompilerServices;
using System.Buffers.Binary;

namespace Orleans.Persist.Serialization;

/// <summary>A 64-bit hash that is the same on every machine and in every release: files depend on it. Not for untrusted use as a signature.</summary>
/// <remarks>Eight bytes at a time through a multiply and fold (as in wyhash), finished by the mixer of SplitMix64 (Steele, Lea, Flood 2014).</remarks>
public static class StableHash
{
    private const ulong Prime0 = 0x9E3779B97F4A7C15;
    private const ulong Prime1 = 0xA0761D6478BD642F;

    /// <summary>The hash of <paramref name="bytes"/>, chained on <paramref name="seed"/>.</summary>
    // Compiled for good at once: opening and rebuilding are over before tiered compilation gets round to it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static ulong Of(ReadOnlySpan<byte> bytes, ulong seed = 0)
    {
        var hash = seed ^ ((ulong)bytes.Length * Prime0);
        while (bytes.Length >= 8)
        {
            hash = Fold(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes), Prime1);
            bytes = bytes[8..];
        }

        ulong last = 0;
        for (var i = 0; i < bytes.Length; i++)
            last |= (ulong)bytes[i] << (8 * i);
        return Mix(Fold(hash ^ last, Prime1));
    }

    /// <summary>The hash of two hashes, in this order.</summary>
    public static ulong Combine(ulong first, ulong second) => Mix(Fold(first ^ Prime0, second ^ Prime1));

    private static ulong Fold(ulong a, ulong b)
    {
        var high = Math.BigMul(a, b, out var low);
        return high ^ low;
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
