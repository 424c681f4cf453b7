using System.Numerics;

namespace Orleans.Persist.Embedded.Streams;

/// <summary>The identities of a stream's newest events, one slot a version, searched as one span: nothing is allocated for an event.</summary>
internal sealed class IdWindow(int capacity)
{
    private readonly int _capacity = (int)BitOperations.RoundUpToPowerOf2((uint)capacity);
    private ulong[] _slots = new ulong[16];

    /// <summary>Notes the next version. Versions come without gaps; 0 stands for an event without an id of its own.</summary>
    public void Add(long version, ulong identity)
    {
        if (version > _slots.Length && _slots.Length < _capacity)
            Grow(version);
        _slots[version & (_slots.Length - 1)] = identity;
    }

    /// <summary>The version, among the newest <paramref name="window"/> up to <paramref name="newest"/>, that has this identity, or 0.</summary>
    public long Find(ulong identity, long newest, int window)
    {
        // An event that left the window may still have its slot, and have been appended again since.
        for (var slot = Array.IndexOf(_slots, identity); slot >= 0; slot = Array.IndexOf(_slots, identity, slot + 1))
        {
            var version = newest - ((newest - slot) & (_slots.Length - 1));
            if (version > 0 && version > newest - window)
                return version;
        }

        return 0;
    }

    private void Grow(long version)
    {
        var larger = new ulong[_slots.Length * 2];
        for (var old = Math.Max(1, version - _slots.Length); old < version; old++)
            larger[old & (larger.Length - 1)] = _slots[old & (_slots.Length - 1)];
        _slots = larger;
    }
}
