using System.Buffers;
using Orleans.Persist.Objects;

namespace Orleans.Persist.TestKit.Conformance;

/// <summary>JSON, with something to happen before each object is written.</summary>
internal sealed class HookedSerializer(Action beforeWrite) : IObjectSerializer<ConformanceObject>
{
    private readonly JsonObjectSerializer<ConformanceObject> _json = new();

    public string ContentType => _json.ContentType;

    public void Write(ConformanceObject value, IBufferWriter<byte> destination)
    {
        beforeWrite();
        _json.Write(value, destination);
    }

    public ConformanceObject Read(ReadOnlySpan<byte> bytes) => _json.Read(bytes);
}
