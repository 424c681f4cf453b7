using System.Text;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Embedded.Attributes;

/// <summary>The 64-bit keys under which the events of one incarnation of a stream stand in an attribute index. Different values may share a key: what is found must be compared.</summary>
internal static class AttributeKey
{
    // Deeper groups are rare, and each level costs a posting for every event.
    private const int PrefixLevels = 8;
    private const ulong Step = 0x9E3779B97F4A7C15;

    /// <summary>What the keys of a stream's incarnation are derived from.</summary>
    public static ulong Seed(ulong stream, int incarnation) => StableHash.Combine(stream, (ulong)incarnation);

    public static ulong Of(ulong seed, AttributeKind kind, ReadOnlySpan<byte> utf8) => StableHash.Of(utf8, seed + ((ulong)kind * Step));

    public static ulong Of(ulong seed, AttributeKind kind, string value) => Of(seed, kind, Encoding.UTF8.GetBytes(value));

    /// <summary>The end of the next part of a subject that is indexed as a group: behind a <c>/</c> or <c>:</c>. 0 where there is none.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="from">The end of the part before, 0 at first.</param>
    /// <param name="level">How many parts were before.</param>
    public static int NextPrefix(ReadOnlySpan<byte> subject, int from, int level)
    {
        var at = level < PrefixLevels ? subject[from..].IndexOfAny((byte)'/', (byte)':') : -1;
        return at < 0 ? 0 : from + at + 1;
    }

    /// <summary>The longest part of a prefix that is indexed; empty where there is none.</summary>
    public static ReadOnlySpan<byte> IndexedPart(ReadOnlySpan<byte> prefix)
    {
        var end = 0;
        for (var level = 0; NextPrefix(prefix, end, level) is > 0 and var next; level++)
            end = next;
        return prefix[..end];
    }
}
