using System.Numerics;

namespace Orleans.Persist.Embedded.Streams;

/// <summary>Fingerprints of the identities of a stream's newest events, one slot a version, searched as one span: few bytes, and nothing is allocated for an event.</summary>
/// <remarks>A fingerprint has 32 bits, so an event that is found must be compared with the one stored; of four billion appends at most one for each slot is compared in vain.</remarks>
internal sealed class IdWindow(int capacity)
{
    private readonly int _capacity = (int)BitOperations.RoundUpToPowerOf2((uint)capacity);
    private uint[] _slots = new uint[16];

    /// <summary>Notes the next version. Versions come without gaps; identity 0 stands for an event without an id of its own.</summary>
    public void Add(long version, ulong identity)
    {
        if (version > _slots.Length && _slots.Length < _capacity)
            Grow(version);
        _slots[version & (_slots.Length - 1)] = FingerprintOf(identity);
    }

    /// <summary>Whether one of the newest <paramref name="window"/> versions up to <paramref name="newest"/> may have this identity.</summary>
    public bool MayContain(ulong identity, long newest, int window)
    {
        var fingerprint = FingerprintOf(identity);
        var found = 0L;

        // An id that has left the window may have come again: the newest of its versions counts.
        for (var slot = Array.IndexOf(_slots, fingerprint); slot >= 0; slot = Array.IndexOf(_slots, fingerprint, slot + 1))
            found = Math.Max(found, newest - ((newest - slot) & (_slots.Length - 1)));
        return found > Math.Max(0, newest - window);
    }

    private static uint FingerprintOf(ulong identity) => identity == 0 ? 0 : Math.Max(1, (uint)(identity >> 32));

    private void Grow(long version)
    {
        var larger = new uint[_slots.Length * 2];
        for (var old = Math.Max(1, version - _slots.Length); old < version; old++)
            larger[old & (larger.Length - 1)] = _slots[old & (_slots.Length - 1)];
        _slots = larger;
    }
}
