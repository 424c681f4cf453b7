namespace Orleans.Persist.Embedded.Files;

/// <summary>A directory on the machine's own file system.</summary>
/// <param name="path">Its path; made absolute.</param>
public sealed class DiskDirectory(string path) : IStorageDirectory
{
    /// <inheritdoc/>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <inheritdoc/>
    public void Create()
    {
        var missing = new Stack<string>();
        for (var at = Path; !Directory.Exists(at); at = System.IO.Path.GetDirectoryName(at)!)
            missing.Push(at);
        while (missing.TryPop(out var next))
        {
            Directory.CreateDirectory(next);
            PosixFlush.Directory(System.IO.Path.GetDirectoryName(next)!);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> List() =>
        Directory.Exists(Path) ? [.. Directory.EnumerateFiles(Path).Select(file => System.IO.Path.GetFileName(file))] : [];

    /// <inheritdoc/>
    public IStorageFile OpenRead(string name) =>
        new DiskFile(File.OpenHandle(In(name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));

    /// <inheritdoc/>
    public IStorageFile OpenWrite(string name) =>
        new DiskFile(File.OpenHandle(In(name), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete));

    /// <inheritdoc/>
    public void Delete(string name) => File.Delete(In(name));

    /// <inheritdoc/>
    public void Rename(string from, string to) => File.Move(In(from), In(to), overwrite: true);

    /// <inheritdoc/>
    public void Flush() => PosixFlush.Directory(Path);

    /// <inheritdoc/>
    public IStorageDirectory Open(string name) => new DiskDirectory(In(name));

    /// <inheritdoc/>
    public IDisposable Lock(string name) => new FileStream(In(name), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
