namespace Orleans.Persist.Embedded.Streams;

/// <summary>
/// The identities of all of a stream's events, as a Bloom filter: what it does not know is not there; of about a thousand others it takes one for known.
/// Two to three bytes an identity; asking touches one cache line for each of its layers, of which there are few.
/// </summary>
/// <remarks>A blocked Bloom filter (Putze, Sanders, Singler 2007): all bits of an identity are in one block. Layers, each four times the one before, let it grow (Almeida et al. 2007).</remarks>
internal sealed class IdFilter
{
    private const int BlockWords = 8;
    private const int BitsPerIdentity = 16;
    private const int Probes = 6;
    private const int Least = 1 << 10;

    // More than this in one layer would make it an array of more than two gigabytes.
    private const int Most = 1 << 29;
    private readonly List<(ulong[] Words, long Capacity)> _layers = [];
    private long _room;

    /// <param name="expected">How many identities there are to begin with.</param>
    public IdFilter(long expected) => AddLayer(Math.Max(Least, expected + (expected / 4)));

    public void Add(ulong identity)
    {
        if (_room == 0)
            AddLayer(_layers[^1].Capacity * 4);
        _room--;
        var block = Block(_layers[^1].Words, identity, out var bits);
        for (var i = 0; i < Probes; i++, bits >>= 9)
            block[(int)(bits >> 6) & (BlockWords - 1)] |= 1UL << (int)(bits & 63);
    }

    public bool MayContain(ulong identity)
    {
        for (var layer = _layers.Count - 1; layer >= 0; layer--)
        {
            var block = Block(_layers[layer].Words, identity, out var bits);
            var i = 0;
            while (i < Probes && (block[(int)(bits >> 6) & (BlockWords - 1)] & (1UL << (int)(bits & 63))) != 0)
                (i, bits) = (i + 1, bits >> 9);
            if (i == Probes)
                return true;
        }

        return false;
    }

    private static Span<ulong> Block(ulong[] words, ulong identity, out ulong bits)
    {
        var block = Math.BigMul(identity, (ulong)(words.Length / BlockWords), out _);
        bits = identity * 0x9E3779B97F4A7C15;
        bits ^= bits >> 32;
        return words.AsSpan((int)block * BlockWords, BlockWords);
    }

    private void AddLayer(long capacity)
    {
        _room = capacity = Math.Min(capacity, Most);
        _layers.Add((new ulong[((capacity * BitsPerIdentity / 64) + BlockWords) / BlockWords * BlockWords], capacity));
    }
}
