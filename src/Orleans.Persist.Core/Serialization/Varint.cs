using System.Runtime.CompilerServices;

namespace Orleans.Persist.Serialization;

/// <summary>Unsigned LEB128 numbers, as in Protocol Buffers: seven bits a byte, least significant first.</summary>
public static class Varint
{
    /// <summary>The most bytes a 64-bit number takes.</summary>
    public const int MaxLength = 10;

    /// <summary>How many bytes <paramref name="value"/> takes.</summary>
    public static int Length(ulong value) => value == 0 ? 1 : (70 - System.Numerics.BitOperations.LeadingZeroCount(value)) / 7;

    /// <summary>Writes <paramref name="value"/> at <paramref name="at"/> and returns the offset behind it. The destination must have room.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Write(Span<byte> destination, int at, ulong value)
    {
        while (value >= 0x80)
        {
            destination[at++] = (byte)(value | 0x80);
            value >>= 7;
        }

        destination[at++] = (byte)value;
        return at;
    }

    /// <summary>Reads a number at <paramref name="at"/> and moves <paramref name="at"/> behind it.</summary>
    /// <exception cref="FormatException">The number is cut off or longer than 64 bits.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Read(ReadOnlySpan<byte> source, ref int at)
    {
        if ((uint)at < (uint)source.Length && source[at] < 0x80)
            return source[at++];
        return ReadLong(source, ref at);
    }

    private static ulong ReadLong(ReadOnlySpan<byte> source, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if ((uint)at >= (uint)source.Length)
                throw new FormatException("A number is cut off.");
            var next = source[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }

        throw new FormatException("A number is longer than 64 bits.");
    }
}
