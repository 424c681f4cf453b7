using System.Numerics;

namespace Orleans.Persist.Embedded.Streams;

/// <summary>Fingerprints of the subjects of a stream's newest events, kept from the first append on that expects something of a subject: what is queued cannot be looked up on the disk.</summary>
/// <param name="since">The stream's version when the window was opened: events above it are in it.</param>
internal sealed class SubjectWindow(long since)
{
    private const int Least = 1 << 10;
    private const int Most = 1 << 16;
    private uint[] _slots = new uint[256];
    private long _since = since;
    private long _newest = since;

    /// <summary>Notes the next version's subject; 0 for none. What is durable is forgotten first, since it can be looked up.</summary>
    public void Add(ulong identity, long durable)
    {
        if (_newest - _since >= _slots.Length)
        {
            if (_slots.Length < Least || (_slots.Length < Most && _since >= durable))
                Grow();
            else
                _since++;
        }

        _slots[++_newest & (_slots.Length - 1)] = FingerprintOf(identity);
    }

    /// <summary>Whether an event above <paramref name="after"/> may be about this subject, or is out of the window.</summary>
    public bool MayContain(ulong identity, long after)
    {
        if (after < _since)
            return true;
        if (after >= _newest)
            return false;
        var (first, last) = ((int)((after + 1) & (_slots.Length - 1)), (int)(_newest & (_slots.Length - 1)));
        var fingerprint = FingerprintOf(identity);
        return first <= last
            ? _slots.AsSpan(first, last - first + 1).Contains(fingerprint)
            : _slots.AsSpan(first).Contains(fingerprint) || _slots.AsSpan(0, last + 1).Contains(fingerprint);
    }

    private static uint FingerprintOf(ulong identity) => identity == 0 ? 0 : Math.Max(1, (uint)BitOperations.RotateLeft(identity, 32));

    private void Grow()
    {
        var larger = new uint[_slots.Length * 2];
        for (var version = _since + 1; version <= _newest; version++)
            larger[version & (larger.Length - 1)] = _slots[version & (_slots.Length - 1)];
        _slots = larger;
    }
}
