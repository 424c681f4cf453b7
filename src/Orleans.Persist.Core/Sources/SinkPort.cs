using Orleans.Persist.Journal;

namespace Orleans.Persist.Sources;

/// <summary>A sink together with its state, without the state's type.</summary>
internal abstract class SinkPort
{
    public abstract string Name { get; }

    /// <summary>The stable name under which exports are stored.</summary>
    public abstract string StateType { get; }

    public abstract void Create();

    public abstract void Import(ReadOnlyMemory<byte> bytes);

    public abstract ValueTask OnImportedAsync(long version, CancellationToken cancellationToken);

    public abstract ValueTask ApplyAsync(RecordedEvent @event, CancellationToken cancellationToken);

    public abstract ValueTask<ReadOnlyMemory<byte>> CaptureAsync(CancellationToken cancellationToken);

    /// <summary>Called before the sink's loop waits for anything but its sink, and when it ends.</summary>
    public virtual void Pause()
    {
    }
}
