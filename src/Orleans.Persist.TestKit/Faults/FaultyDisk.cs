namespace Orleans.Persist.TestKit.Faults;

/// <summary>A disk in memory that keeps apart what was written and what is durable, and fails when it is told to.</summary>
/// <remarks>
/// <para>What it promises is what POSIX does and no more. A write is durable once its file has been flushed since; a file's creation,
/// removal or renaming once its directory has. When the power fails, each sector of a file holds any of the contents it has had
/// since the last flush, so that writes are dropped, kept, torn and reordered; sectors that were never durable may hold garbage.
/// Changes of a directory survive up to one of them, or each by itself; a rename is atomic.</para>
/// <para>A flush that failed leaves some sectors durable and the others not, and a later flush does not bring those back: the
/// operating system has taken them for written. That is how Linux behaves.</para>
/// <para>Everything random comes from seeds: the same operations and seeds give the same disk.</para>
/// </remarks>
public sealed class FaultyDisk
{
    private readonly Lock _lock = new();
    private readonly Random _random;
    private readonly int _sectorSize;
    private readonly Dictionary<string, DirectoryNode> _directories;
    private readonly HashSet<string> _locks = new(StringComparer.Ordinal);
    private readonly Dictionary<StorageOperation, DiskGate> _gates = [];
    private readonly Dictionary<StorageOperation, long> _counts = [];
    private List<DiskFault> _faults = [];
    private long? _operationsLeft;

    /// <summary>An empty disk.</summary>
    /// <param name="seed">Decides what a failing flush leaves behind.</param>
    /// <param name="sectorSize">The bytes that reach the device together: 512, or 4,096.</param>
    public FaultyDisk(int seed = 0, int sectorSize = 512)
        : this(seed, sectorSize, new(StringComparer.Ordinal))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sectorSize, 1);
    }

    private FaultyDisk(int seed, int sectorSize, Dictionary<string, DirectoryNode> directories)
    {
        _random = new Random(seed);
        _sectorSize = sectorSize;
        _directories = directories;
    }

    /// <summary>The most bytes its files may take together, in pages of 4 KiB; null for no bound. What exceeds it is written in part and fails with "No space left on device".</summary>
    public long? Capacity { get; set; }

    /// <summary>Whether whoever opened this disk is gone: nothing works any more.</summary>
    public bool IsOff { get; private set; }

    /// <summary>The bytes that its files take, in pages of 4 KiB. A removed file takes none.</summary>
    public long Used
    {
        get
        {
            lock (_lock)
                return _directories.Values.SelectMany(d => d.Live.Values).Sum(f => f.Live.Allocated);
        }
    }

    /// <summary>How many operations of a kind were begun.</summary>
    public long Count(StorageOperation operation)
    {
        lock (_lock)
            return _counts.GetValueOrDefault(operation);
    }

    /// <summary>How many operations that change something were begun: the points at which the power can fail.</summary>
    public long Changes
    {
        get
        {
            lock (_lock)
                return _counts.Where(c => IsChange(c.Key)).Sum(c => c.Value);
        }
    }

    /// <summary>Makes operations fail with an input/output error. A failing flush leaves a random part of its sectors durable.</summary>
    /// <param name="operation">Which operations.</param>
    /// <param name="skip">How many of them still succeed.</param>
    /// <param name="times">How many fail then.</param>
    /// <param name="keep">How many bytes of a failing write are written nevertheless: a short write.</param>
    public void Fail(StorageOperation operation, int skip = 0, int times = 1, int keep = 0)
    {
        lock (_lock)
            _faults.Add(new DiskFault(operation, skip, times, keep));
    }

    /// <summary>Lets no more faults strike.</summary>
    public void Heal()
    {
        lock (_lock)
            _faults = [];
    }

    /// <summary>Has operations of a kind wait until the gate is released.</summary>
    public DiskGate Hold(StorageOperation operation)
    {
        lock (_lock)
            return _gates[operation] = new DiskGate();
    }

    /// <summary>Switches the disk off in the middle of a change to come: a write is under way then and may be found in part.</summary>
    /// <param name="changes">How many changes still succeed.</param>
    public void CutPowerAfter(long changes)
    {
        lock (_lock)
            _operationsLeft = changes;
    }

    /// <summary>The power fails: a new disk with what survives. The old one is off; ask it again with another seed for another outcome.</summary>
    public FaultyDisk PowerLoss(int seed)
    {
        var random = new Random(seed);
        return Successor(seed, directory => directory.PowerLoss(random));
    }

    /// <summary>The process is killed: a new disk with all that was written, of which what was not flushed is still not durable. The old one is off.</summary>
    public FaultyDisk Kill() => Successor(0, directory => directory.Clone());

    internal Lock.Scope Enter(StorageOperation operation, string place, out DiskFault? fault)
    {
        DiskGate? gate;
        lock (_lock)
            gate = _gates.GetValueOrDefault(operation);
        gate?.Pass(place);
        var scope = _lock.EnterScope();
        try
        {
            if (IsOff)
                throw DiskFault.PowerOff(place);
            _counts[operation] = _counts.GetValueOrDefault(operation) + 1;
            fault = TakeFault(operation);
            return scope;
        }
        catch
        {
            scope.Dispose();
            throw;
        }
    }

    internal Lock.Scope Enter(StorageOperation operation, string place)
    {
        var scope = Enter(operation, place, out var fault);
        if (fault is null)
            return scope;
        scope.Dispose();
        throw DiskFault.InputOutput(place);
    }

    internal Lock.Scope EnterUnchecked() => _lock.EnterScope();

    internal FileNode NewFile() => new(_sectorSize);

    /// <summary>A directory's node, or null where it was not created.</summary>
    internal DirectoryNode? Directory(string path) => _directories.GetValueOrDefault(path);

    internal void CreateDirectory(string path) => _directories.TryAdd(path, new DirectoryNode());

    /// <summary>How many of these bytes there is room for.</summary>
    internal int Room(FileNode file, long offset, int count)
    {
        if (Capacity is not { } capacity)
            return count;
        var free = capacity - _directories.Values.SelectMany(d => d.Live.Values).Sum(f => f.Live.Allocated);
        if (file.Live.Needs(offset, count) <= free)
            return count;
        var fits = 0;
        while (fits < count && file.Live.Needs(offset, fits + 1) <= free)
            fits++;
        return fits;
    }

    internal void LoseFlush(FileNode file) => file.LoseFlush(_random);

    internal bool TryLock(string path) => _locks.Add(path);

    internal void Unlock(string path)
    {
        lock (_lock)
            _locks.Remove(path);
    }

    private static bool IsChange(StorageOperation operation) =>
        operation is not (StorageOperation.Read or StorageOperation.OpenFile or StorageOperation.ListDirectory);

    private DiskFault? TakeFault(StorageOperation operation)
    {
        if (_operationsLeft is not null && IsChange(operation) && _operationsLeft-- <= 0)
        {
            IsOff = true;
            return new DiskFault(operation, 0, 1, Keep: int.MaxValue);
        }

        var index = _faults.FindIndex(f => f.Operation == operation);
        if (index < 0)
            return null;
        var fault = _faults[index];
        if (fault.Skip > 0)
        {
            _faults[index] = fault with { Skip = fault.Skip - 1 };
            return null;
        }

        if (fault.Times > 1)
            _faults[index] = fault with { Times = fault.Times - 1 };
        else
            _faults.RemoveAt(index);
        return fault;
    }

    private FaultyDisk Successor(int seed, Func<DirectoryNode, DirectoryNode> survive)
    {
        lock (_lock)
        {
            IsOff = true;
            foreach (var gate in _gates.Values)
                gate.Release();
            var directories = new Dictionary<string, DirectoryNode>(StringComparer.Ordinal);
            foreach (var (path, directory) in _directories.OrderBy(p => p.Key, StringComparer.Ordinal))
                directories[path] = survive(directory);
            return new FaultyDisk(seed, _sectorSize, directories) { Capacity = Capacity };
        }
    }
}
