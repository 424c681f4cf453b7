using System.Buffers.Binary;
using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Embedded.Writing;

/// <summary>The events of an append as they stand in a record, made before the writer's gate is entered, so that under it they are only copied. One for each thread, but for large ones.</summary>
internal sealed class EncodedEvents
{
    private const int LargestKept = 1 << 20;

    // Stands for the time of an event that takes the time at which it is recorded; no event has it of its own.
    private const long TimeToCome = -1;

    [ThreadStatic]
    private static EncodedEvents? _mine;

    private byte[] _bytes = new byte[1024];
    private ulong[] _identities = new ulong[1];
    private int _length;

    /// <summary>How many bytes the events take in a record.</summary>
    public int Length => _length;

    /// <summary>How many bytes the events themselves take: what the limit of an append counts.</summary>
    public long EventBytes { get; private set; }

    /// <summary>Whether any event has an id of its own.</summary>
    public bool HasIds { get; private set; }

    /// <summary>For each event the number of its source and id, or 0.</summary>
    public ReadOnlySpan<ulong> Identities => _identities.AsSpan(0, Count);

    private int Count { get; set; }

    /// <summary>Encodes events. The result is valid until this thread encodes again.</summary>
    /// <param name="stream">The stream they go to.</param>
    /// <param name="events">The events.</param>
    /// <param name="size">An upper bound of their size.</param>
    public static EncodedEvents Of(string stream, ReadOnlySpan<EventData> events, long size)
    {
        var room = checked((int)(size + (5L * events.Length)));
        var encoded = room > LargestKept ? new EncodedEvents() : _mine ??= new EncodedEvents();
        encoded.Encode(stream, events, room);
        return encoded;
    }

    /// <summary>Copies the events into a record, with the recorded time for those that have no time of their own.</summary>
    public void CopyTo(Span<byte> destination, long recorded)
    {
        _bytes.AsSpan(0, _length).CopyTo(destination);
        for (var at = 0; at < _length;)
        {
            var length = (int)Varint.Read(destination, ref at);
            var time = destination[(at + EventBody.TimeOffset(destination[at..]))..];
            if (BinaryPrimitives.ReadInt64LittleEndian(time) == TimeToCome)
                BinaryPrimitives.WriteInt64LittleEndian(time, recorded);
            at += length;
        }
    }

    private void Encode(string stream, ReadOnlySpan<EventData> events, int room)
    {
        if (_bytes.Length < room)
            _bytes = GC.AllocateUninitializedArray<byte>(room);
        if (_identities.Length < events.Length)
            _identities = new ulong[events.Length];
        (Count, HasIds, EventBytes) = (events.Length, false, 0);
        var at = 0;
        for (var i = 0; i < events.Length; i++)
        {
            // The length stands before the body and is known after it: a length of the size most likely is left free, and the body moved where it is another.
            var guess = Varint.Length((ulong)events[i].Data.Length + (ulong)events[i].Kernel.Length + 64);
            var length = EventBody.Write(events[i], TimeToCome, _bytes.AsSpan(at + guess));
            var needed = Varint.Length((ulong)length);
            if (needed != guess)
                _bytes.AsSpan(at + guess, length).CopyTo(_bytes.AsSpan(at + needed));
            at = Varint.Write(_bytes, at, (ulong)length) + length;
            EventBytes += length;
            _identities[i] = EventIdentity.Of(stream, events[i]);
            HasIds |= _identities[i] != 0;
        }

        _length = at;
    }
}
