using System.Buffers;
using Orleans.Persist.Objects;

namespace Orleans.Persist.Core.Tests.Support;

/// <summary>JSON, with something to happen before each object is written.</summary>
internal sealed class HookedSerializer(Action beforeWrite) : IObjectSerializer<Reading>
{
    private readonly JsonObjectSerializer<Reading> _json = new();

    public string ContentType => _json.ContentType;

    public void Write(Reading value, IBufferWriter<byte> destination)
    {
        beforeWrite();
        _json.Write(value, destination);
    }

    public Reading Read(ReadOnlySpan<byte> bytes) => _json.Read(bytes);
}
