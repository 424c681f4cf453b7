using System.Buffers.Binary;
using Orleans.Persist.Embedded.Format;

namespace Orleans.Persist.Embedded.Writing;

/// <summary>Records that share a write and a flush.</summary>
/// <param name="recycle">Takes the group back once every waiting task is completed.</param>
internal sealed class CommitGroup(Action<CommitGroup> recycle) : IThreadPoolWorkItem
{
    private const int InitialLength = 64 << 10;
    private const int LargestKept = 32 << 20;
    private byte[] _buffer = new byte[InitialLength];

    public List<PendingRecord> Records { get; } = [];

    public int Length { get; private set; }

    /// <summary>Completes when the group is durable or has failed; made only when somebody waits for it.</summary>
    public TaskCompletionSource? Done { get; set; }

    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, Length);

    /// <summary>Room for a record behind those there are. Not part of the group until <see cref="Add"/>.</summary>
    public Span<byte> Reserve(int length)
    {
        if (_buffer.Length - Length < length)
        {
            var larger = GC.AllocateUninitializedArray<byte>(Math.Max(checked(Length + length), Math.Min(_buffer.Length * 2, LargestKept)));
            _buffer.AsSpan(0, Length).CopyTo(larger);
            _buffer = larger;
        }

        return _buffer.AsSpan(Length);
    }

    /// <summary>Makes the bytes written at the last <see cref="Reserve"/> a record of the group.</summary>
    public void Add(PendingRecord record, int length)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(Length), length);
        record.Offset = Length;
        Length += length;
        Records.Add(record);
    }

    /// <summary>Sets what only the writer knows: the flushed offset, and with it the checksum of each record.</summary>
    public void Stamp(uint flushed)
    {
        for (var at = 0; at < Length;)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(_buffer.AsSpan(at));
            RecordHeader.Stamp(_buffer.AsSpan(at, length), flushed);
            at += length;
        }
    }

    /// <summary>Completes the waiting tasks. On a thread of the pool their continuations go to its own queue, which is cheap.</summary>
    public void Execute()
    {
        foreach (var record in Records)
            record.Complete();
        End();
    }

    /// <summary>Fails the waiting tasks.</summary>
    public void Fail(Exception exception)
    {
        foreach (var record in Records)
            record.Fail(exception);
        End();
    }

    private void End()
    {
        var done = Done;
        Records.Clear();
        (Length, Done) = (0, null);
        if (_buffer.Length > LargestKept)
            _buffer = new byte[InitialLength];
        recycle(this);
        done?.SetResult();
    }
}
