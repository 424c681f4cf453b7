using Orleans.Persist.Embedded.Files;

namespace Orleans.Persist.TestKit.Faults;

/// <summary>A directory on a <see cref="FaultyDisk"/>, to be handed to the storage under test.</summary>
/// <param name="disk">The disk.</param>
/// <param name="path">The directory's path on it.</param>
public sealed class FaultyDirectory(FaultyDisk disk, string path = "/data") : IStorageDirectory
{
    /// <summary>A directory on a disk of its own.</summary>
    public FaultyDirectory()
        : this(new FaultyDisk())
    {
    }

    /// <summary>The disk, with the switches for faults.</summary>
    public FaultyDisk Disk { get; } = disk;

    /// <inheritdoc/>
    public string Path { get; } = path;

    /// <summary>The power fails: the directory as it is found afterwards. This one is dead. See <see cref="FaultyDisk.PowerLoss"/>.</summary>
    public FaultyDirectory PowerLoss(int seed) => new(Disk.PowerLoss(seed), Path);

    /// <summary>The process is killed: the directory as the next one finds it. This one is dead. See <see cref="FaultyDisk.Kill"/>.</summary>
    public FaultyDirectory Kill() => new(Disk.Kill(), Path);

    /// <inheritdoc/>
    public void Create()
    {
        using var scope = Disk.Enter(StorageOperation.CreateDirectory, Path);
        Disk.CreateDirectory(Path);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> List()
    {
        using var scope = Disk.Enter(StorageOperation.ListDirectory, Path);
        return Disk.Directory(Path) is { } node ? [.. node.Live.Keys] : [];
    }

    /// <inheritdoc/>
    public IStorageFile OpenRead(string name)
    {
        using var scope = Disk.Enter(StorageOperation.OpenFile, PathOf(name));
        return new FaultyFile(Disk, Find(name), PathOf(name), writable: false);
    }

    /// <inheritdoc/>
    public IStorageFile OpenWrite(string name)
    {
        bool exists;
        using (Disk.EnterUnchecked())
            exists = Disk.Directory(Path)?.Live.ContainsKey(name) == true;
        using var scope = Disk.Enter(exists ? StorageOperation.OpenFile : StorageOperation.CreateFile, PathOf(name));
        var node = Node();
        if (!node.Live.ContainsKey(name))
            node.Create(name, Disk.NewFile());
        return new FaultyFile(Disk, node.Live[name], PathOf(name), writable: true);
    }

    /// <inheritdoc/>
    public void Delete(string name)
    {
        using var scope = Disk.Enter(StorageOperation.DeleteFile, PathOf(name));
        if (Node().Live.ContainsKey(name))
            Node().Delete(name);
    }

    /// <inheritdoc/>
    public void Rename(string from, string to)
    {
        using var scope = Disk.Enter(StorageOperation.RenameFile, PathOf(from));
        _ = Find(from);
        Node().Rename(from, to);
    }

    /// <inheritdoc/>
    public void Flush()
    {
        using var scope = Disk.Enter(StorageOperation.FlushDirectory, Path);
        Node().Flush();
    }

    /// <inheritdoc/>
    public IStorageDirectory Open(string name) => new FaultyDirectory(Disk, PathOf(name));

    /// <inheritdoc/>
    public IDisposable Lock(string name)
    {
        using var scope = Disk.Enter(StorageOperation.OpenFile, PathOf(name));
        return Disk.TryLock(PathOf(name)) ? new Held(Disk, PathOf(name)) : throw new IOException($"Another process holds the lock : '{PathOf(name)}'");
    }

    /// <summary>The bytes of a file as a reader sees them.</summary>
    public byte[] Content(string name) => Content(name, file => file.Live);

    /// <summary>The bytes of a file that are on the device for certain.</summary>
    public byte[] DurableContent(string name) => Content(name, file => file.Durable);

    /// <summary>Turns one bit of a file over, on the device and for readers.</summary>
    public void FlipBit(string name, long offset, int bit = 0)
    {
        using var scope = Disk.EnterUnchecked();
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(offset, Find(name).Live.Length);
        foreach (var bytes in new[] { Find(name).Live, Find(name).Durable })
        {
            Span<byte> one = [0];
            if (bytes.Read(offset, one) is 0)
                continue;
            one[0] ^= (byte)(1 << (bit & 7));
            bytes.Write(offset, one);
        }
    }

    /// <summary>Turns a random bit over among all files of which the name passes, each byte equally likely, and says where.</summary>
    public (string Name, long Offset) FlipRandomBit(int seed, Func<string, bool>? name = null)
    {
        var random = new Random(seed);
        List<(string Name, long Length)> files;
        using (Disk.EnterUnchecked())
            files = [.. Node().Live.Where(f => name?.Invoke(f.Key) != false).Select(f => (f.Key, f.Value.Live.Length)).OrderBy(f => f.Key, StringComparer.Ordinal)];
        var at = random.NextInt64(files.Sum(f => f.Length));
        foreach (var file in files)
        {
            if (at < file.Length)
            {
                FlipBit(file.Name, at, random.Next(8));
                return (file.Name, at);
            }

            at -= file.Length;
        }

        throw new InvalidOperationException("There is no byte to damage.");
    }

    /// <summary>Cuts the last bytes off a file, on the device and for readers.</summary>
    public void Tear(string name, long bytes)
    {
        using var scope = Disk.EnterUnchecked();
        var file = Find(name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, file.Live.Length);
        file.SetLength(file.Live.Length - bytes);
        file.Flush();
    }

    private byte[] Content(string name, Func<FileNode, SparseBytes> which)
    {
        using var scope = Disk.EnterUnchecked();
        var content = which(Find(name));
        var bytes = new byte[content.Length];
        content.Read(0, bytes);
        return bytes;
    }

    private string PathOf(string name) => $"{Path}/{name}";

    private DirectoryNode Node() => Disk.Directory(Path) ?? throw new DirectoryNotFoundException($"Could not find a part of the path '{Path}'.");

    private FileNode Find(string name) =>
        Node().Live.TryGetValue(name, out var file) ? file : throw new FileNotFoundException($"Could not find file '{PathOf(name)}'.", PathOf(name));

    private sealed class Held(FaultyDisk disk, string path) : IDisposable
    {
        private int _released;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _released, 1) is 0)
                disk.Unlock(path);
        }
    }
}
