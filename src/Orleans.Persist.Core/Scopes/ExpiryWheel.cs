namespace Orleans.Persist.Scopes;

/// <summary>A hierarchical timing wheel over slots: adding, removing and finding what is due cost the same however many there are.</summary>
/// <remarks>
/// Four levels of 256 ticks of a second each reach 136 years. It works in steps that each touch one slot at most,
/// so that whoever holds the lock can let others in between. (G. Varghese, T. Lauck: Hashed and hierarchical timing wheels, 1987.)
/// </remarks>
internal sealed class ExpiryWheel
{
    private const int Bits = 8;
    private const int Levels = 4;
    private const int Size = 1 << Bits;
    private readonly ScopeSlots _slots;
    private readonly long _keptFor;
    private readonly int[] _heads = new int[Levels * Size];
    private readonly int[] _counts = new int[Levels];
    private long _tick;
    private int _cascading;

    /// <param name="slots">The slots.</param>
    /// <param name="keptFor">How long an expired key is kept, in milliseconds.</param>
    /// <param name="now">The time, in milliseconds since 1970.</param>
    public ExpiryWheel(ScopeSlots slots, long keptFor, long now)
    {
        _slots = slots;
        _keptFor = keptFor;
        _tick = now / 1000;
        Array.Fill(_heads, -1);
    }

    /// <summary>Adds a slot. It is given out when it falls due, or in the second after that.</summary>
    public void Add(int index)
    {
        ref var slot = ref _slots[index];
        var due = slot.Expired ? slot.Expires + _keptFor : slot.Expires;
        var tick = Math.Clamp((due + 999) / 1000, _tick, _tick + (3L << (Bits * (Levels - 1))) * (Size / 4));
        var level = 0;
        while ((tick >> (Bits * level)) - (_tick >> (Bits * level)) >= Size)
            level++;
        var place = Place(level, tick);
        slot.Level = (byte)level;
        slot.PreviousDue = ~place;
        slot.NextDue = _heads[place];
        if (slot.NextDue >= 0)
            _slots[slot.NextDue].PreviousDue = index;
        _heads[place] = index;
        _counts[level]++;
    }

    /// <summary>Removes a slot.</summary>
    public void Remove(int index)
    {
        ref var slot = ref _slots[index];
        if (slot.PreviousDue < 0)
            _heads[~slot.PreviousDue] = slot.NextDue;
        else
            _slots[slot.PreviousDue].NextDue = slot.NextDue;
        if (slot.NextDue >= 0)
            _slots[slot.NextDue].PreviousDue = slot.PreviousDue;
        _counts[slot.Level]--;
    }

    /// <summary>Does one step of the work up to a time. False where nothing is left to do.</summary>
    /// <param name="now">The time, in milliseconds since 1970.</param>
    /// <param name="due">The slot that has fallen due and is no longer in the wheel, or -1.</param>
    public bool Step(long now, out int due)
    {
        due = -1;
        if (_cascading > 0)
        {
            var moved = _heads[Place(_cascading, _tick)];
            if (moved < 0)
            {
                _cascading--;
                return true;
            }

            Remove(moved);
            Add(moved);
            return true;
        }

        due = _heads[Place(0, _tick)];
        if (due < 0)
            return Turn(now / 1000);
        Remove(due);
        return true;
    }

    /// <summary>Goes to the next tick at which there may be something to do.</summary>
    private bool Turn(long until)
    {
        if (_tick >= until)
            return false;
        var level = 0;
        while (level < Levels && _counts[level] == 0)
            level++;
        var next = level == Levels ? until : ((_tick >> (Bits * level)) + 1) << (Bits * level);
        _tick = Math.Min(next, until);
        while (_cascading < Levels - 1 && (_tick & ((1L << (Bits * (_cascading + 1))) - 1)) == 0)
            _cascading++;
        return true;
    }

    private static int Place(int level, long tick) => (level * Size) + (int)((tick >> (Bits * level)) & (Size - 1));
}
