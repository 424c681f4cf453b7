using System.Net;
using System.Net.Sockets;

namespace Orleans.Persist.Bench.Wire;

/// <summary>A socket with a buffer of what was received and not yet used.</summary>
internal sealed class Connection : IAsyncDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] _buffer = new byte[16 << 10];
    private int _from;
    private int _to;

    public ReadOnlySpan<byte> Received => _buffer.AsSpan(_from, _to - _from);

    public static async Task<Connection> OpenAsync(int port, CancellationToken cancellationToken)
    {
        var connection = new Connection();
        await connection._socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        return connection;
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await _socket.SendAsync(bytes)..];
    }

    /// <summary>Receives until there are so many bytes.</summary>
    public async ValueTask NeedAsync(int bytes)
    {
        while (_to - _from < bytes)
        {
            if (_buffer.Length - _from < bytes)
            {
                var larger = bytes <= _buffer.Length ? _buffer : new byte[bytes * 2];
                Received.CopyTo(larger);
                (_buffer, _to, _from) = (larger, _to - _from, 0);
            }

            var received = await _socket.ReceiveAsync(_buffer.AsMemory(_to));
            _to += received > 0 ? received : throw new IOException("The connection was closed.");
        }
    }

    public void Use(int bytes)
    {
        _from += bytes;
        if (_from == _to)
            (_from, _to) = (0, 0);
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return default;
    }
}
