namespace Orleans.Persist.Sources;

/// <summary>One export of a sink, from the moment it falls due to its end. The first end counts.</summary>
internal sealed class SinkExport(TaskCompletionSource done) : IDisposable
{
    private readonly CancellationTokenSource _cancellation = new();
    private int _ended;

    /// <summary>Completes when the export has ended, well or not, and this has been noted.</summary>
    public TaskCompletionSource Done { get; } = done;

    /// <summary>Set once the sink's loop has taken it up.</summary>
    public bool Taken { get; set; }

    /// <summary>Whether the sink's loop ends once it has captured this one. Under the exporter's lock.</summary>
    public bool IsLast { get; set; }

    public ITimer? Timer { get; set; }

    public bool HasEnded => Volatile.Read(ref _ended) != 0;

    public CancellationToken CancellationToken => _cancellation.Token;

    /// <summary>Whether the caller is the first to end it.</summary>
    public bool TryEnd() => Interlocked.Exchange(ref _ended, 1) == 0;

    public void Cancel() => _cancellation.Cancel();

    public void Dispose()
    {
        Timer?.Dispose();
        _cancellation.Dispose();
    }
}
