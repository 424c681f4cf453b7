namespace Orleans.Persist.SiloHost.Ingest;

/// <summary>Counts the bytes that are read, as stored on disk, for a progress bar.</summary>
internal sealed class CountingStream(Stream inner) : ForwardStream(inner)
{
    private long _count;

    /// <summary>How many bytes have been read. May be asked for from any thread.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <inheritdoc/>
    protected override void OnRead(int count) => Interlocked.Add(ref _count, count);
}
