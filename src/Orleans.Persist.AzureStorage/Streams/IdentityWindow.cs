using System.Numerics;

namespace Orleans.Persist.AzureStorage.Streams;

/// <summary>The identities of a stream's newest events, one slot a version.</summary>
internal sealed class IdentityWindow(int capacity)
{
    private readonly ulong[] _slots = new ulong[BitOperations.RoundUpToPowerOf2((uint)capacity)];

    /// <summary>Notes an event's identity; 0 for one without an id of its own.</summary>
    public void Add(long version, ulong identity) => _slots[version & (_slots.Length - 1)] = identity;

    /// <summary>The lowest and the highest version at or above <paramref name="from"/> with this identity, or null.</summary>
    public (long Lowest, long Highest)? Find(ulong identity, long from, long newest)
    {
        (long, long)? found = null;
        for (var slot = Array.IndexOf(_slots, identity); slot >= 0; slot = Array.IndexOf(_slots, identity, slot + 1))
        {
            var version = newest - ((newest - slot) & (_slots.Length - 1));
            if (version >= from && version > 0)
                found = found is { } f ? (Math.Min(f.Item1, version), Math.Max(f.Item2, version)) : (version, version);
        }

        return found;
    }
}
