namespace Orleans.Persist.TestKit.Faults;

/// <summary>A slow disk that the test controls: operations of one kind wait here until they are let through.</summary>
public sealed class DiskGate : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _open = new();

    internal DiskGate()
    {
    }

    /// <summary>Completes when the first operation waits at the gate.</summary>
    public Task Arrived => _arrived.Task;

    /// <summary>Lets through what waits and all that comes later.</summary>
    public void Release() => _open.Set();

    /// <summary>The same as <see cref="Release"/>.</summary>
    public void Dispose() => Release(); // the event itself may have waiters still; it holds nothing that needs to be freed

    internal void Pass(string place)
    {
        _arrived.TrySetResult();
        if (!_open.Wait(Patience))
            throw new IOException($"The gate of the slow disk was not opened within {Patience.TotalSeconds} seconds: '{place}'.");
    }
}
