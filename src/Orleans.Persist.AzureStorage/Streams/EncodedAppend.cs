using System.Buffers;
using System.Buffers.Binary;
using Orleans.Persist.AzureStorage.Rows;
using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.AzureStorage.Streams;

/// <summary>The events of an append as the frame they will be stored in, made once; versions and times are set when they are known.</summary>
internal sealed class EncodedAppend : IDisposable
{
    private readonly List<int> _timeless = [];
    private readonly int[] _bodies;
    private byte[] _frame;

    /// <summary>Encodes events.</summary>
    /// <param name="stream">The stream they go to.</param>
    /// <param name="events">The events.</param>
    /// <param name="size">An upper bound of their size.</param>
    public EncodedAppend(string stream, ReadOnlySpan<EventData> events, long size)
    {
        _frame = ArrayPool<byte>.Shared.Rent(checked((int)(CommitFrame.HeaderLength + size + (5L * events.Length))));
        _bodies = new int[events.Length];
        Identities = new ulong[events.Length];
        var at = CommitFrame.HeaderLength;
        for (var i = 0; i < events.Length; i++)
        {
            // The length stands before the body and is known after it: a length of the size most likely is left free, and the body moved where it is another.
            var guess = Varint.Length((ulong)events[i].Data.Length + (ulong)events[i].Kernel.Length + 64);
            var length = EventBody.Write(events[i], 0, _frame.AsSpan(at + guess));
            var needed = Varint.Length((ulong)length);
            if (needed != guess)
                _frame.AsSpan(at + guess, length).CopyTo(_frame.AsSpan(at + needed));
            _bodies[i] = at + needed;
            if (events[i].Time is null)
                _timeless.Add(_bodies[i] + EventBody.TimeOffset(_frame.AsSpan(_bodies[i])));
            at = Varint.Write(_frame, at, (ulong)length) + length;
            EventBytes += length;
            Identities[i] = EventIdentity.Of(stream, events[i]);
            HasIds |= Identities[i] != 0;
        }

        Length = at;
    }

    public int Count => _bodies.Length;

    /// <summary>How many bytes the events themselves take: what the limit of an append counts.</summary>
    public long EventBytes { get; }

    /// <summary>The length of the frame.</summary>
    public int Length { get; }

    /// <summary>Whether any event has an id of its own.</summary>
    public bool HasIds { get; }

    /// <summary>For each event the number of its source and id, or 0.</summary>
    public ulong[] Identities { get; }

    public ReadOnlyMemory<byte> Frame => _frame.AsMemory(0, Length);

    /// <summary>Source and id of an event, or null where it has no id of its own.</summary>
    public (string Source, string Id)? IdOf(int index, string stream)
    {
        var body = Body(index);
        return EventBody.Text(body, EventField.Id) is { } id ? (EventBody.Text(body, EventField.Source) ?? stream, id) : null;
    }

    /// <summary>The subject of an event, or null.</summary>
    public string? SubjectOf(int index) => EventBody.Text(Body(index), EventField.Subject);

    /// <summary>Completes the frame.</summary>
    /// <returns>Its checksum.</returns>
    public uint Seal(StreamKey key, int incarnation, long first, long recorded)
    {
        foreach (var at in _timeless)
            BinaryPrimitives.WriteInt64LittleEndian(_frame.AsSpan(at), recorded);
        return CommitFrame.Seal(_frame.AsSpan(0, Length), key, incarnation, Count, first, recorded);
    }

    /// <summary>The identities of the newest events for the row, or nothing where none has an id.</summary>
    public byte[] NewestIdentities(int window)
    {
        if (!HasIds)
            return [];
        var newest = Identities.AsSpan(Math.Max(0, Count - window));
        var bytes = new byte[newest.Length * sizeof(ulong)];
        for (var i = 0; i < newest.Length; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i * sizeof(ulong)), newest[i]);
        return bytes;
    }

    private ReadOnlySpan<byte> Body(int index) => _frame.AsSpan(_bodies[index], (index + 1 < Count ? _bodies[index + 1] : Length) - _bodies[index]);

    public void Dispose()
    {
        var frame = _frame;
        _frame = [];
        if (frame.Length > 0)
            ArrayPool<byte>.Shared.Return(frame);
    }
}
