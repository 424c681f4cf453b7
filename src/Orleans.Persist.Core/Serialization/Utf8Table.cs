namespace Orleans.Persist.Serialization;

/// <summary>Values by the UTF-8 bytes of their names; made once, then only read.</summary>
/// <remarks>Open addressing at a load of at most one half: a look-up is one hash and, mostly, one comparison, without a string.</remarks>
internal sealed class Utf8Table<TValue>
    where TValue : class
{
    private readonly Entry[] _entries;

    public Utf8Table(IReadOnlyCollection<KeyValuePair<string, TValue>> values)
    {
        _entries = new Entry[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(2 * values.Count) + 1)];
        foreach (var (name, value) in values)
        {
            var utf8 = System.Text.Encoding.UTF8.GetBytes(name);
            var slot = Slot(utf8);
            while (_entries[slot].Name is not null)
                slot = (slot + 1) & (_entries.Length - 1);
            _entries[slot] = new Entry(utf8, value);
        }
    }

    /// <summary>The value of a name, or null.</summary>
    public TValue? Find(ReadOnlySpan<byte> name)
    {
        var entries = _entries;
        for (var slot = Slot(name); ; slot = (slot + 1) & (entries.Length - 1))
        {
            ref var entry = ref entries[slot];
            if (entry.Name is null)
                return null;
            if (name.SequenceEqual(entry.Name))
                return entry.Value;
        }
    }

    private int Slot(ReadOnlySpan<byte> name) => (int)StableHash.Of(name) & (_entries.Length - 1);

    private readonly record struct Entry(byte[] Name, TValue Value);
}
