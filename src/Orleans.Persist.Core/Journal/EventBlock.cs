using System.Runtime.CompilerServices;
using System.Buffers;
using System.Text;

namespace Orleans.Persist.Journal;

/// <summary>A run of events of many streams in one buffer, in the order of the journal.</summary>
/// <remarks>Filled by one thread, then read by any number. The buffers are pooled: nothing of it may be used after the last <see cref="Release"/>.</remarks>
public sealed class EventBlock
{
    private byte[] _bytes;
    private BlockEvent[] _events;
    private int _holders = 1;

    /// <summary>An empty block with room for so many bytes.</summary>
    public EventBlock(int capacity)
    {
        _bytes = ArrayPool<byte>.Shared.Rent(capacity);
        _events = ArrayPool<BlockEvent>.Shared.Rent(Math.Max(16, capacity / 64));
    }

    /// <summary>How many events it has.</summary>
    public int Count { get; private set; }

    /// <summary>Its events.</summary>
    public ReadOnlySpan<BlockEvent> Events => _events.AsSpan(0, Count);

    /// <summary>The bytes that <see cref="BlockEvent"/> points into; for whoever fills it.</summary>
    public byte[] Buffer => _bytes;

    /// <summary>Makes the buffer larger; what is in it is lost.</summary>
    public void Grow(int capacity)
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = ArrayPool<byte>.Shared.Rent(capacity);
    }

    /// <summary>Adds an event whose bytes are in the buffer.</summary>
    // Compiled for good at once: opening and rebuilding are over before tiered compilation gets round to it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(in BlockEvent @event)
    {
        if (Count == _events.Length)
        {
            var larger = ArrayPool<BlockEvent>.Shared.Rent(2 * Count);
            _events.AsSpan().CopyTo(larger);
            ArrayPool<BlockEvent>.Shared.Return(_events);
            _events = larger;
        }

        _events[Count++] = @event;
    }

    /// <summary>The UTF-8 name of an event's stream.</summary>
    public ReadOnlySpan<byte> Stream(in BlockEvent @event) => _bytes.AsSpan(@event.StreamOffset, @event.StreamLength);

    /// <summary>An event's bytes, in the layout of <see cref="Serialization.EventBody"/>.</summary>
    public ReadOnlySpan<byte> Body(in BlockEvent @event) => _bytes.AsSpan(@event.BodyOffset, @event.BodyLength);

    /// <summary>An event as an object of its own, which may be kept.</summary>
    public RecordedEvent ToRecorded(in BlockEvent @event) => new(
        Encoding.UTF8.GetString(Stream(@event)), @event.Incarnation, @event.Version, @event.Position, new DateTime(@event.RecordedTicks, DateTimeKind.Utc), Body(@event).ToArray());

    /// <summary>Says that so many more will call <see cref="Release"/>.</summary>
    public void Hold(int more) => Interlocked.Add(ref _holders, more);

    /// <summary>Gives the block back; the last one to do so returns its buffers.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) != 0)
            return;
        ArrayPool<byte>.Shared.Return(_bytes);
        ArrayPool<BlockEvent>.Shared.Return(_events);
    }
}
