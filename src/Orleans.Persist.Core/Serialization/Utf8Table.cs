using System.Runtime.CompilerServices;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Orleans.Persist.Serialization;

/// <summary>Values by the UTF-8 bytes of their names; made once, then only read.</summary>
/// <remarks>Open addressing at a load of at most one half: a look-up is one hash and, mostly, one comparison, without a string.</remarks>
internal sealed class Utf8Table<TValue>
    where TValue : class
{
    private readonly Entry[] _entries;

    public Utf8Table(IReadOnlyCollection<KeyValuePair<string, TValue>> values)
    {
        _entries = new Entry[(int)BitOperations.RoundUpToPowerOf2((uint)(2 * values.Count) + 1)];
        foreach (var (name, value) in values)
        {
            var utf8 = Encoding.UTF8.GetBytes(name);
            var slot = Slot(utf8);
            while (_entries[slot].Name is not null)
                slot = (slot + 1) & (_entries.Length - 1);
            _entries[slot] = new Entry(utf8, value);
        }
    }

    /// <summary>The value of a name, or null.</summary>
    // Compiled for good at once: opening and rebuilding are over before tiered compilation gets round to it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public TValue? Find(ReadOnlySpan<byte> name)
    {
        var entries = _entries;
        for (var slot = Slot(name); ; slot = (slot + 1) & (entries.Length - 1))
        {
            ref var entry = ref entries[slot];
            if (entry.Name is null)
                return null;
            if (name.SequenceEqual(entry.Name))
                return entry.Value;
        }
    }

    // Length, first, middle and last bytes tell names apart well enough: a collision costs one more comparison.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Slot(ReadOnlySpan<byte> name)
    {
        var (first, middle, last) = name.Length switch
        {
            >= 8 => (
                BinaryPrimitives.ReadUInt64LittleEndian(name),
                BinaryPrimitives.ReadUInt64LittleEndian(name[((name.Length - 8) / 2)..]),
                BinaryPrimitives.ReadUInt64LittleEndian(name[^8..])),
            >= 4 => (BinaryPrimitives.ReadUInt32LittleEndian(name), 0ul, BinaryPrimitives.ReadUInt32LittleEndian(name[^4..])),
            > 0 => (name[0], name[name.Length / 2], name[^1]),
            _ => (0ul, 0ul, 0ul),
        };
        var hash = (first ^ BitOperations.RotateLeft(middle, 13) ^ BitOperations.RotateLeft(last, 29) ^ (ulong)name.Length) * 0x9E3779B97F4A7C15;
        return (int)(hash >> 32) & (_entries.Length - 1);
    }

    private readonly record struct Entry(byte[] Name, TValue Value);
}
