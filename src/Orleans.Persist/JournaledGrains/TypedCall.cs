using System.Buffers;
using Orleans.Serialization;

namespace Orleans.Persist.JournaledGrains;

/// <summary>A call with a result of a type; an object, always null, for one that has none.</summary>
internal sealed class TypedCall<T>(int number) : PendingCall(number)
{
    private readonly TaskCompletionSource<T?> _source = new();
    private T? _result;
    private Exception? _error;

    public Task<T?> Task => _source.Task;

    public void Arrived(T? result) => _result = result;

    public void Failed(Exception error) => _error = error;

    public override RecordedReply Record(Serializer serializer)
    {
        var data = new ArrayBufferWriter<byte>();
        if (_error is { } error)
            serializer.Serialize(error, data);
        else
            serializer.Serialize(_result, data);
        return new RecordedReply(Number, _error is not null, data.WrittenMemory);
    }

    public override void Complete()
    {
        if (_error is { } error)
            _source.TrySetException(error);
        else
            _source.TrySetResult(_result);
    }

    public override void Complete(RecordedReply reply, Serializer serializer)
    {
        if (reply.IsError)
            _error = serializer.Deserialize<Exception>(reply.Data);
        else
            _result = serializer.Deserialize<T>(reply.Data);
        Complete();
    }
}
