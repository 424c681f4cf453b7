namespace Orleans.Persist.TestKit.Faults;

/// <summary>A file: what readers see, what is on the device, and the changes between the two in their order. Guarded by the disk's lock.</summary>
internal sealed class FileNode(int sectorSize)
{
    private readonly List<Change> _pending = [];

    /// <summary>What a reader sees: the page cache.</summary>
    public SparseBytes Live { get; private init; } = new();

    /// <summary>What a flush has brought to the device.</summary>
    public SparseBytes Durable { get; private init; } = new();

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        Live.Write(offset, bytes);
        _pending.Add(new Change(offset, bytes.ToArray(), bytes.Length, Live.Length));
    }

    public void SetLength(long length)
    {
        _pending.Add(new Change(length, null, Math.Max(0, Live.Length - length), length));
        Live.SetLength(length);
    }

    public void Flush() => Flush(_ => true);

    /// <summary>A flush that failed: some sectors reached the device and the others never will, for the system takes them for written.</summary>
    public void LoseFlush(Random random)
    {
        var lost = new HashSet<long>();
        foreach (var sector in TouchedSectors().Keys.Order())
        {
            if (random.Next(2) is 0)
                lost.Add(sector);
        }

        Flush(sector => !lost.Contains(sector));
    }

    /// <summary>The file as it may be found after the power failed: every sector at any point of its own history since the last flush.</summary>
    public FileNode PowerLoss(Random random)
    {
        var survivor = Durable.Clone();
        var touched = TouchedSectors();
        var ordered = random.Next(2) is 0;
        var orderedUpTo = random.Next(_pending.Count + 1);
        var torn = random.Next(2) is 0;
        var garbage = random.Next(3) is 0;
        var limits = new Dictionary<long, int>();
        foreach (var sector in touched.Keys.Order())
        {
            // In order: everything up to one change, which may be torn. Otherwise each sector by itself.
            var whole = touched[sector].Count(change => change < orderedUpTo);
            var limit = ordered
                ? whole + (torn && touched[sector].Contains(orderedUpTo) ? random.Next(2) : 0)
                : random.Next(touched[sector].Count + 1);
            limits[sector] = limit is 0 ? -1 : touched[sector][limit - 1];
            if (limit is 0 && garbage && sector * sectorSize >= Durable.Length)
            {
                var bytes = new byte[sectorSize];
                random.NextBytes(bytes);
                survivor.Write(sector * sectorSize, bytes);
            }
        }

        for (var i = 0; i < _pending.Count; i++)
        {
            foreach (var sector in Sectors(_pending[i]))
            {
                if (i <= limits[sector])
                    Apply(_pending[i], sector, survivor);
            }
        }

        var length = ordered ? LengthAfter(Math.Min(orderedUpTo + (torn ? 1 : 0), _pending.Count)) : LengthAfter(random.Next(_pending.Count + 1));
        survivor.SetLength(length);
        return new FileNode(sectorSize) { Live = survivor, Durable = survivor.Clone() };
    }

    /// <summary>The file with everything that was written, flushed or not: what the next process finds when one is killed.</summary>
    public FileNode Clone()
    {
        var clone = new FileNode(sectorSize) { Live = Live.Clone(), Durable = Durable.Clone() };
        clone._pending.AddRange(_pending);
        return clone;
    }

    private void Flush(Func<long, bool> reaches)
    {
        foreach (var cut in _pending.Where(c => c.Bytes is null))
            Durable.SetLength(Math.Min(Durable.Length, cut.Length));
        Durable.SetLength(Live.Length);
        var bytes = new byte[sectorSize];
        foreach (var sector in _pending.Where(c => c.Bytes is not null).SelectMany(Sectors).Distinct().Where(reaches))
        {
            var count = Live.Read(sector * sectorSize, bytes);
            if (count > 0)
                Durable.Write(sector * sectorSize, bytes.AsSpan(0, count));
        }

        _pending.Clear();
    }

    private void Apply(Change change, long sector, SparseBytes to)
    {
        var from = Math.Max(change.Offset, sector * sectorSize);
        var count = (int)(Math.Min(change.Offset + change.Count, (sector + 1) * sectorSize) - from);
        to.Write(from, change.Bytes is null ? new byte[count] : change.Bytes.AsSpan((int)(from - change.Offset), count));
    }

    private SortedDictionary<long, List<int>> TouchedSectors()
    {
        var touched = new SortedDictionary<long, List<int>>();
        for (var i = 0; i < _pending.Count; i++)
        {
            foreach (var sector in Sectors(_pending[i]))
            {
                if (!touched.TryGetValue(sector, out var changes))
                    touched[sector] = changes = [];
                changes.Add(i);
            }
        }

        return touched;
    }

    private IEnumerable<long> Sectors(Change change)
    {
        for (var sector = change.Offset / sectorSize; sector * sectorSize < change.Offset + change.Count; sector++)
            yield return sector;
    }

    private long LengthAfter(int changes) => changes is 0 ? Durable.Length : _pending[changes - 1].Length;

    /// <param name="Offset">Where it begins.</param>
    /// <param name="Bytes">What was written; null where the file was cut off or extended.</param>
    /// <param name="Count">How many bytes it changes.</param>
    /// <param name="Length">The file's length after it.</param>
    private sealed record Change(long Offset, byte[]? Bytes, long Count, long Length);
}
