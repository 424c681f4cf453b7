using System.Numerics;

namespace Orleans.Persist.Scopes;

/// <summary>The keys of a partition in memory. Not safe for concurrent use.</summary>
/// <param name="budget">Where the bytes of each slot are given back when it goes. Whoever adds one has taken them.</param>
/// <param name="keptFor">How long an expired key is kept, in milliseconds.</param>
/// <param name="now">The time, in milliseconds since 1970.</param>
internal sealed class ScopeTable(ScopeBudget budget, long keptFor, long now)
{
    private const int FewestBuckets = 64;
    private readonly ScopeSlots _slots = new();
    private int[] _buckets = NewBuckets(FewestBuckets);
    private ExpiryWheel? _wheel;

    /// <summary>The keys there are, with those that are only remembered as expired.</summary>
    public int Count { get; private set; }

    /// <summary>The bytes that <see cref="ScopeRecord"/>s of all slots take.</summary>
    public long RecordBytes { get; private set; }

    /// <summary>How many slots there are, free ones included; for going over all of them.</summary>
    public int Slots => _slots.Count;

    /// <summary>How many slots have ever been removed, freed or replaced: what the journal holds of them is garbage.</summary>
    public long Dead { get; private set; }

    private ExpiryWheel Wheel => _wheel ??= new ExpiryWheel(_slots, keptFor, now);

    public ref ScopeSlot this[int index] => ref _slots[index];

    /// <summary>The slot of a location, or -1.</summary>
    public int Find(ReadOnlySpan<byte> location, int hash)
    {
        var index = _buckets[hash & (_buckets.Length - 1)];
        while (index >= 0)
        {
            ref var slot = ref _slots[index];
            if (slot.Hash == hash && location.SequenceEqual(slot.Location))
                return index;
            index = slot.Next;
        }

        return -1;
    }

    /// <summary>Puts a value, or the memory of one that has expired, where there may be one already.</summary>
    public void Set(byte[] location, byte[]? value, int hash, long expires, long version)
    {
        var index = Find(location, hash);
        if (index < 0)
        {
            index = Insert(hash);
        }
        else
        {
            Wheel.Remove(index);
            GiveBack(ref _slots[index]);
        }

        ref var slot = ref _slots[index];
        (slot.Location, slot.Value, slot.Hash, slot.Expires, slot.Version) = (location, value, hash, expires, version);
        RecordBytes += ScopeRecord.LengthOf(slot);
        Wheel.Add(index);
    }

    /// <summary>Removes a slot.</summary>
    public void Remove(int index)
    {
        Wheel.Remove(index);
        Free(index);
    }

    /// <summary>Counts what was garbage in the journal already when it was read.</summary>
    public void AddDead() => Dead++;

    /// <summary>Does one step of what is due at a time: frees an expired value, or forgets that it was there. False where nothing is left to do.</summary>
    /// <param name="time">The time, in milliseconds since 1970.</param>
    /// <param name="expired">Whether it freed a value.</param>
    public bool Step(long time, out bool expired)
    {
        var more = Wheel.Step(time, out var due);
        expired = due >= 0 && !_slots[due].Expired;
        if (due < 0)
            return more;
        if (expired && keptFor > 0)
        {
            Expire(due);
            Wheel.Add(due);
        }
        else
        {
            Free(due);
        }

        return true;
    }

    /// <summary>Marks a slot that stands in no wheel as expired.</summary>
    private void Expire(int index)
    {
        ref var slot = ref _slots[index];
        GiveBack(ref slot);
        slot.Value = null;
        budget.TakeAnyway(ScopeBudget.CostOf(slot.Location!, null));
        RecordBytes += ScopeRecord.LengthOf(slot);
    }

    private int Insert(int hash)
    {
        if (Count == _buckets.Length)
            Grow();
        var index = _slots.Take();
        ref var bucket = ref _buckets[hash & (_buckets.Length - 1)];
        _slots[index].Next = bucket;
        bucket = index;
        Count++;
        return index;
    }

    private void Free(int index)
    {
        ref var slot = ref _slots[index];
        GiveBack(ref slot);
        ref var link = ref _buckets[slot.Hash & (_buckets.Length - 1)];
        while (link != index)
            link = ref _slots[link].Next;
        link = slot.Next;
        _slots.Give(index);
        if (--Count > 0)
            return;

        // Empty: the next keys are likely to be others, and fewer.
        _slots.Clear();
        _buckets = NewBuckets(FewestBuckets);
    }

    private void GiveBack(ref ScopeSlot slot)
    {
        Dead++;
        RecordBytes -= ScopeRecord.LengthOf(slot);
        budget.Give(ScopeBudget.CostOf(slot.Location!, slot.Value));
    }

    private void Grow()
    {
        var larger = NewBuckets((int)BitOperations.RoundUpToPowerOf2((uint)_buckets.Length + 1));
        for (var index = 0; index < _slots.Count; index++)
        {
            ref var slot = ref _slots[index];
            if (slot.Location is null)
                continue;
            ref var bucket = ref larger[slot.Hash & (larger.Length - 1)];
            (slot.Next, bucket) = (bucket, index);
        }

        _buckets = larger;
    }

    private static int[] NewBuckets(int count)
    {
        var buckets = new int[count];
        Array.Fill(buckets, -1);
        return buckets;
    }
}
