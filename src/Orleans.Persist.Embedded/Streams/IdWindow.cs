using System.Numerics;

namespace Orleans.Persist.Embedded.Streams;

/// <summary>The identities of a stream's newest events: a ring with one slot a version, and a chain of slots for each bucket of hashes. Nothing is allocated for an event.</summary>
internal sealed class IdWindow(int capacity)
{
    private const int End = -1;
    private readonly int _capacity = (int)BitOperations.RoundUpToPowerOf2((uint)capacity);
    private ulong[] _slots = new ulong[16];
    private int[] _next = new int[16];
    private int[] _buckets = NewBuckets(16);

    /// <summary>Notes the next version. Versions come without gaps; 0 stands for an event without an id of its own.</summary>
    public void Add(long version, ulong identity)
    {
        if (version > _slots.Length && _slots.Length < _capacity)
            Grow(version);
        var slot = (int)(version & (_slots.Length - 1));
        Unlink(slot);
        Link(slot, identity);
    }

    /// <summary>The newest version, among the newest <paramref name="window"/> up to <paramref name="newest"/>, that has this identity, or 0.</summary>
    public long Find(ulong identity, long newest, int window)
    {
        // The chain begins with the newest: an id that has left the window may have come again.
        for (var slot = _buckets[Bucket(identity)]; slot != End; slot = _next[slot])
        {
            if (_slots[slot] != identity)
                continue;
            var version = newest - ((newest - slot) & (_slots.Length - 1));
            return version > newest - window ? Math.Max(0, version) : 0;
        }

        return 0;
    }

    private static int[] NewBuckets(int length)
    {
        var buckets = new int[length];
        Array.Fill(buckets, End);
        return buckets;
    }

    private int Bucket(ulong identity) => (int)(identity >> 40) & (_buckets.Length - 1);

    private void Link(int slot, ulong identity)
    {
        _slots[slot] = identity;
        if (identity == 0)
            return;
        ref var bucket = ref _buckets[Bucket(identity)];
        _next[slot] = bucket;
        bucket = slot;
    }

    private void Unlink(int slot)
    {
        if (_slots[slot] == 0)
            return;
        ref var link = ref _buckets[Bucket(_slots[slot])];
        while (link != slot)
            link = ref _next[link];
        link = _next[slot];
    }

    private void Grow(long version)
    {
        var old = _slots;
        _slots = new ulong[old.Length * 2];
        _next = new int[_slots.Length];
        _buckets = NewBuckets(_slots.Length);
        for (var earlier = Math.Max(1, version - old.Length); earlier < version; earlier++)
            Link((int)(earlier & (_slots.Length - 1)), old[earlier & (old.Length - 1)]);
    }
}
