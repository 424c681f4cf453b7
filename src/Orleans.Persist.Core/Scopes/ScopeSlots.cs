namespace Orleans.Persist.Scopes;

/// <summary>Slots in chunks, so that growing copies nothing and no array is large.</summary>
internal sealed class ScopeSlots
{
    private const int Bits = 10;
    private readonly List<ScopeSlot[]> _chunks = [];
    private int _free = -1;

    /// <summary>How many slots have ever been in use at once.</summary>
    public int Count { get; private set; }

    public ref ScopeSlot this[int index] => ref _chunks[index >> Bits][index & ((1 << Bits) - 1)];

    public int Take()
    {
        if (_free >= 0)
        {
            var taken = _free;
            _free = this[taken].Next;
            return taken;
        }

        if (Count == _chunks.Count << Bits)
            _chunks.Add(new ScopeSlot[1 << Bits]);
        return Count++;
    }

    public void Give(int index)
    {
        this[index] = new ScopeSlot { Next = _free };
        _free = index;
    }

    public void Clear()
    {
        _chunks.Clear();
        (Count, _free) = (0, -1);
    }
}
