using System.Buffers.Binary;
using System.Numerics;

namespace Orleans.Persist.Processes;

/// <summary>Random numbers that are the same for the same key on every machine and in every release (requirement m.4).</summary>
/// <remarks>
/// The algorithm is part of the stored format and never changes: xoshiro256** 1.0 (Blackman, Vigna 2018), its four words drawn by
/// SplitMix64 from the key. Bounded integers by multiply and reject (Lemire 2019), doubles from the upper 53 bits.
/// <see cref="Random.Shuffle{T}(Span{T})"/> and <c>GetItems</c> are .NET's own over these numbers.
/// </remarks>
public sealed class DeterministicRandom : Random
{
    private readonly Func<ulong>? _lazy;
    private ulong _key;
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;
    private bool _seeded;

    /// <summary>A generator on a key.</summary>
    public DeterministicRandom(ulong key) => Reset(key);

    /// <summary>A generator whose key is only computed when something is drawn after a reset.</summary>
    internal DeterministicRandom(Func<ulong> key) => _lazy = key;

    /// <summary>A digest of everything drawn since the last reset; 0 where nothing was.</summary>
    public ulong Drawn { get; private set; }

    /// <summary>Begins the sequence of another key.</summary>
    public void Reset(ulong key)
    {
        _key = key;
        _seeded = false;
        Drawn = 0;
    }

    internal void Reset()
    {
        _seeded = false;
        Drawn = 0;
    }

    /// <summary>The next 64 bits.</summary>
    public ulong NextBits()
    {
        if (!_seeded)
            Seed();
        var result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        var t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        Drawn = TurnDigest.Add(Drawn, result);
        return result;
    }

    /// <summary>A version 4 GUID (RFC 9562) from the next 128 bits.</summary>
    public Guid NextGuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, NextBits());
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], NextBits());
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    /// <inheritdoc/>
    public override int Next() => (int)Bounded(int.MaxValue);

    /// <inheritdoc/>
    public override int Next(int maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxValue);
        return (int)Bounded((ulong)maxValue);
    }

    /// <inheritdoc/>
    public override int Next(int minValue, int maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minValue, maxValue);
        return (int)(minValue + (long)Bounded((ulong)((long)maxValue - minValue)));
    }

    /// <inheritdoc/>
    public override long NextInt64() => (long)Bounded(long.MaxValue);

    /// <inheritdoc/>
    public override long NextInt64(long maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxValue);
        return (long)Bounded((ulong)maxValue);
    }

    /// <inheritdoc/>
    public override long NextInt64(long minValue, long maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minValue, maxValue);
        return unchecked(minValue + (long)Bounded((ulong)maxValue - (ulong)minValue));
    }

    /// <inheritdoc/>
    public override double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <inheritdoc/>
    public override float NextSingle() => (NextBits() >> 40) * (1.0f / (1U << 24));

    /// <inheritdoc/>
    public override void NextBytes(byte[] buffer)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        NextBytes(buffer.AsSpan());
    }

    /// <inheritdoc/>
    public override void NextBytes(Span<byte> buffer)
    {
        Span<byte> bits = stackalloc byte[8];
        while (!buffer.IsEmpty)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bits, NextBits());
            var taken = Math.Min(8, buffer.Length);
            bits[..taken].CopyTo(buffer);
            buffer = buffer[taken..];
        }
    }

    /// <inheritdoc/>
    protected override double Sample() => NextDouble();

    private ulong Bounded(ulong bound)
    {
        if (bound <= 1)
            return 0;
        var high = Math.BigMul(NextBits(), bound, out var low);
        if (low < bound)
        {
            var threshold = unchecked(0 - bound) % bound;
            while (low < threshold)
                high = Math.BigMul(NextBits(), bound, out low);
        }

        return high;
    }

    private void Seed()
    {
        var state = _lazy?.Invoke() ?? _key;
        _s0 = SplitMix(ref state);
        _s1 = SplitMix(ref state);
        _s2 = SplitMix(ref state);
        _s3 = SplitMix(ref state);
        _seeded = true;
    }

    private static ulong SplitMix(ref ulong state)
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
