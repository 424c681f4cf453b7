namespace Orleans.Persist.Bench.Measuring;

/// <summary>A directory of the run's own, below the working directory so that it is on a disk and not in memory; removed at the end.</summary>
internal sealed class Scratch : IDisposable
{
    private readonly string _root = Path.Combine(Environment.CurrentDirectory, $"bench-{Environment.ProcessId}.tmp");

    public string this[string name] => Path.Combine(_root, name);

    public Scratch() => Directory.CreateDirectory(_root);

    public void Dispose()
    {
        if (Directory.Exists(_root))
            Directory.Delete(_root, recursive: true);
    }
}
