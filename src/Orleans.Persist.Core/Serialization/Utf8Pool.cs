using System.Text;

namespace Orleans.Persist.Serialization;

/// <summary>Strings for short UTF-8 names that come again and again (event types, sources), without decoding each anew.</summary>
/// <remarks>A fixed table: a name that falls on a taken slot replaces what is there. Safe for use by many threads.</remarks>
public sealed class Utf8Pool
{
    private const int SharedSlots = 4096;
    private const int LongestName = 128;
    private readonly Entry?[] _entries;

    /// <summary>Makes a pool of its own, for names that would crowd out those of the shared one.</summary>
    /// <param name="slots">How many names it holds at the most; a power of two.</param>
    public Utf8Pool(int slots) => _entries = new Entry?[slots];

    /// <summary>The process-wide pool.</summary>
    public static Utf8Pool Shared { get; } = new(SharedSlots);

    /// <summary>The string that <paramref name="utf8"/> encodes. Bytes that are no UTF-8 become U+FFFD.</summary>
    public string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length is 0)
            return string.Empty;
        if (utf8.Length > LongestName)
            return Encoding.UTF8.GetString(utf8);
        ref var slot = ref _entries[StableHash.Of(utf8) & (ulong)(_entries.Length - 1)];
        var entry = slot;
        if (entry is not null && utf8.SequenceEqual(entry.Utf8))
            return entry.Text;
        var text = Encoding.UTF8.GetString(utf8);
        slot = new Entry(utf8.ToArray(), text);
        return text;
    }

    private sealed record Entry(byte[] Utf8, string Text);
}
