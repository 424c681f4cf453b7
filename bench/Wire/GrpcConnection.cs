using System.Buffers.Binary;
using System.Text;

namespace Orleans.Persist.Bench.Wire;

/// <summary>gRPC with as little work on the client's side as Redis' protocol has: frames of HTTP/2 written by hand.</summary>
internal sealed class GrpcConnection : IKeyConnection
{
    private const int FrameHeader = 9;
    private const byte Data = 0;
    private const byte Headers = 1;
    private const byte Settings = 4;
    private const byte Ping = 6;
    private const byte EndStream = 1;
    private const byte EndHeaders = 4;
    private const byte Ack = 1;
    private readonly Connection _connection;
    private readonly byte[] _saveHeaders;
    private readonly byte[] _loadHeaders;
    private readonly Func<int, string> _keyOf;
    private readonly byte[] _saveTail;
    private readonly byte[] _request;
    private int _stream = -1;

    private GrpcConnection(Connection connection, int port, Func<int, string> keyOf, byte[] value, TimeSpan timeToLive)
    {
        _connection = connection;
        _keyOf = keyOf;
        _saveHeaders = HeaderBlock("/protob.EventStore/Save", port);
        _loadHeaders = HeaderBlock("/protob.EventStore/Load", port);
        _saveTail = [0x10, .. Varint((uint)timeToLive.TotalSeconds), 0x1A, .. Varint((uint)value.Length), .. value];
        _request = new byte[value.Length + 512];
    }

    public static async Task<IKeyConnection> OpenAsync(int port, Func<int, string> keyOf, byte[] value, TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        var connection = await Connection.OpenAsync(port, cancellationToken);
        var opened = new GrpcConnection(connection, port, keyOf, value, timeToLive);
        var hello = new byte[24 + FrameHeader + FrameHeader + 4];
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.CopyTo(hello);
        WriteHeader(hello.AsSpan(24), 0, Settings, 0, 0);

        // So large a window for the connection that it never has to be opened again.
        WriteHeader(hello.AsSpan(24 + FrameHeader), 4, type: 8, 0, 0);
        BinaryPrimitives.WriteInt32BigEndian(hello.AsSpan(24 + (2 * FrameHeader)), int.MaxValue - 65_535);
        await connection.SendAsync(hello);
        return opened;
    }

    public ValueTask SaveAsync(int key) => CallAsync(_saveHeaders, key, _saveTail);

    public ValueTask LoadAsync(int key) => CallAsync(_loadHeaders, key, []);

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private async ValueTask CallAsync(byte[] headers, int key, byte[] tail)
    {
        _stream += 2;
        await _connection.SendAsync(_request.AsMemory(0, Write(headers, key, tail)));
        for (var answered = false; ;)
        {
            await _connection.NeedAsync(FrameHeader);
            var header = _connection.Received;
            var length = (header[0] << 16) | (header[1] << 8) | header[2];
            var (type, flags, stream) = (header[3], header[4], BinaryPrimitives.ReadInt32BigEndian(header[5..]));
            await _connection.NeedAsync(FrameHeader + length);
            if ((type is Settings or Ping) && (flags & Ack) == 0)
                await AcknowledgeAsync(type, length);
            _connection.Use(FrameHeader + length);
            if (type > Headers || stream != _stream)
                continue;
            answered |= type is Data;
            if ((flags & EndStream) == 0)
                continue;
            if (!answered)
                throw new InvalidOperationException("The call has failed: it was answered with a status and no message.");
            return;
        }
    }

    private int Write(byte[] headers, int key, byte[] tail)
    {
        // Location: scope (bridge "bench"), key.
        var name = Encoding.ASCII.GetBytes(_keyOf(key));
        byte[] location = [0x0A, 9, 0x08, 1, 0x12, 5, .. "bench"u8, 0x12, (byte)name.Length, .. name];
        var message = 2 + location.Length + tail.Length;
        var span = _request.AsSpan();
        WriteHeader(span, headers.Length, Headers, EndHeaders, _stream);
        headers.CopyTo(span[FrameHeader..]);
        span = span[(FrameHeader + headers.Length)..];
        WriteHeader(span, 5 + message, Data, EndStream, _stream);
        span = span[FrameHeader..];
        span[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(span[1..], message);
        (span[5], span[6]) = (0x0A, (byte)location.Length);
        location.CopyTo(span[7..]);
        tail.CopyTo(span[(7 + location.Length)..]);
        return (2 * FrameHeader) + headers.Length + 5 + message;
    }

    private ValueTask AcknowledgeAsync(byte type, int length)
    {
        var payload = type is Ping ? length : 0;
        var answer = new byte[FrameHeader + payload];
        WriteHeader(answer, payload, type, Ack, 0);
        _connection.Received.Slice(FrameHeader, payload).CopyTo(answer.AsSpan(FrameHeader));
        return _connection.SendAsync(answer);
    }

    private static void WriteHeader(Span<byte> destination, int length, byte type, byte flags, int stream)
    {
        (destination[0], destination[1], destination[2]) = ((byte)(length >> 16), (byte)(length >> 8), (byte)length);
        (destination[3], destination[4]) = (type, flags);
        BinaryPrimitives.WriteInt32BigEndian(destination[5..], stream);
    }

    /// <summary>HPACK without a dynamic table: POST, http, then literals that are not indexed.</summary>
    private static byte[] HeaderBlock(string path, int port)
    {
        var authority = $"127.0.0.1:{port}";
        return
        [
            0x83, 0x86, 0x04, (byte)path.Length, .. Encoding.ASCII.GetBytes(path), 0x01, (byte)authority.Length, .. Encoding.ASCII.GetBytes(authority),
            0x0F, 0x10, 16, .. "application/grpc"u8, 0x00, 2, .. "te"u8, 8, .. "trailers"u8,
        ];
    }

    private static byte[] Varint(uint value) => value < 0x80 ? [(byte)value] : [(byte)(value | 0x80), .. Varint(value >> 7)];
}
