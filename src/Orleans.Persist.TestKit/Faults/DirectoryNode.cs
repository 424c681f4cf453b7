namespace Orleans.Persist.TestKit.Faults;

/// <summary>A directory: its entries as seen, as on the device, and the changes between the two in their order. Guarded by the disk's lock.</summary>
internal sealed class DirectoryNode
{
    private readonly List<Change> _pending = [];
    private Dictionary<string, FileNode> _durable = new(StringComparer.Ordinal);

    public Dictionary<string, FileNode> Live { get; private init; } = new(StringComparer.Ordinal);

    public void Create(string name, FileNode file) => Do(new Change(null, name, file));

    public void Delete(string name) => Do(new Change(name, null, null));

    public void Rename(string from, string to) => Do(new Change(from, to, null));

    public void Flush()
    {
        _durable = new(Live, StringComparer.Ordinal);
        _pending.Clear();
    }

    /// <summary>The directory as it may be found after the power failed: the changes up to one of them, or each by itself.</summary>
    public DirectoryNode PowerLoss(Random random)
    {
        var survivors = new Dictionary<string, FileNode>(_durable, StringComparer.Ordinal);
        var ordered = random.Next(2) is 0;
        var upTo = random.Next(_pending.Count + 1);
        for (var i = 0; i < _pending.Count; i++)
        {
            var single = random.Next(2) is 0;
            if (ordered ? i < upTo : single)
                Apply(_pending[i], survivors);
        }

        return Of(survivors.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => (p.Key, p.Value.PowerLoss(random))));
    }

    /// <summary>The directory with everything that was done, flushed or not.</summary>
    public DirectoryNode Clone()
    {
        var clones = new Dictionary<FileNode, FileNode>();
        var clone = new DirectoryNode { Live = Copy(Live) };
        clone._durable = Copy(_durable);
        clone._pending.AddRange(_pending.Select(c => c with { File = c.File is null ? null : CloneOf(c.File) }));
        return clone;

        Dictionary<string, FileNode> Copy(Dictionary<string, FileNode> entries) =>
            entries.ToDictionary(p => p.Key, p => CloneOf(p.Value), StringComparer.Ordinal);

        FileNode CloneOf(FileNode file) => clones.TryGetValue(file, out var there) ? there : clones[file] = file.Clone();
    }

    private static DirectoryNode Of(IEnumerable<(string Name, FileNode File)> files)
    {
        var directory = new DirectoryNode();
        foreach (var (name, file) in files)
            directory.Live[name] = directory._durable[name] = file;
        return directory;
    }

    private void Do(Change change)
    {
        Apply(change, Live);
        _pending.Add(change);
    }

    private static void Apply(Change change, Dictionary<string, FileNode> entries)
    {
        var file = change.File;
        if (change.From is not null && !entries.Remove(change.From, out file))
            return; // the creation it builds on was lost
        if (change.To is not null && file is not null)
            entries[change.To] = file;
    }

    /// <param name="From">The entry that goes away, if any.</param>
    /// <param name="To">The entry that comes, if any.</param>
    /// <param name="File">The file of a creation; a rename takes along what it finds.</param>
    private sealed record Change(string? From, string? To, FileNode? File);
}
