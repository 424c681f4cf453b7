using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Orleans.Persist.Bench.Scenarios;

/// <summary>A connection for HTTP/1.1 that does no more than it must: what is measured is the server, not a client's conveniences.</summary>
internal sealed class HttpConnection : IDisposable
{
    private const string Length = "Content-Length:";
    private readonly Socket _socket;
    private readonly string _host;
    private byte[] _buffer = new byte[64 * 1024];
    private byte[] _body = new byte[64 * 1024];
    private int _begin;
    private int _end;

    private HttpConnection(Socket socket, string host) => (_socket, _host) = (socket, host);

    public static async Task<HttpConnection> OpenAsync(Uri server, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, server.Port, cancellationToken);
        return new HttpConnection(socket, server.Authority);
    }

    /// <summary>The body of the answer, good until the next call.</summary>
    public Task<ReadOnlyMemory<byte>> GetAsync(string path, string accept, CancellationToken cancellationToken) =>
        SendAsync(Encoding.UTF8.GetBytes($"GET {path} HTTP/1.1\r\nHost: {_host}\r\nAccept: {accept}\r\n\r\n"), cancellationToken);

    /// <summary>The body of the answer, good until the next call.</summary>
    public Task<ReadOnlyMemory<byte>> PostAsync(string path, string mediaType, string body, CancellationToken cancellationToken) =>
        SendAsync(Encoding.UTF8.GetBytes($"POST {path} HTTP/1.1\r\nHost: {_host}\r\nContent-Type: {mediaType}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"), cancellationToken);

    public void Dispose() => _socket.Dispose();

    private async Task<ReadOnlyMemory<byte>> SendAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        await _socket.SendAsync(request, cancellationToken);
        var status = await LineAsync(cancellationToken);
        if (!status.StartsWith("HTTP/1.1 2", StringComparison.Ordinal))
            throw new InvalidOperationException($"The server answers {status}.");
        var expected = -1;
        while ((await LineAsync(cancellationToken)) is { Length: > 0 } header)
        {
            if (header.StartsWith(Length, StringComparison.OrdinalIgnoreCase))
                expected = int.Parse(header.AsSpan(Length.Length), CultureInfo.InvariantCulture);
        }

        if (expected >= 0)
            return _body.AsMemory(0, await TakeAsync(0, expected, cancellationToken));
        var length = 0;
        while (await ChunkAsync(cancellationToken) is > 0 and var chunk)
        {
            length = await TakeAsync(length, chunk, cancellationToken);
            await LineAsync(cancellationToken);
        }

        await LineAsync(cancellationToken);
        return _body.AsMemory(0, length);
    }

    /// <summary>Puts so many bytes behind those of the body that are there.</summary>
    private async ValueTask<int> TakeAsync(int length, int count, CancellationToken cancellationToken)
    {
        if (length + count > _body.Length)
            Array.Resize(ref _body, Math.Max(length + count, 2 * _body.Length));
        for (var left = count; left > 0;)
        {
            if (_begin == _end)
                await FillAsync(cancellationToken);
            var take = Math.Min(left, _end - _begin);
            _buffer.AsSpan(_begin, take).CopyTo(_body.AsSpan(length));
            (_begin, length, left) = (_begin + take, length + take, left - take);
        }

        return length;
    }

    private async ValueTask<int> ChunkAsync(CancellationToken cancellationToken) =>
        Utf8Parser.TryParse(Encoding.ASCII.GetBytes(await LineAsync(cancellationToken)), out int size, out _, 'x') ? size : throw new InvalidOperationException("A chunk has no size.");

    private async ValueTask<string> LineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var end = _buffer.AsSpan(_begin, _end - _begin).IndexOf("\r\n"u8);
            if (end >= 0)
            {
                var line = Encoding.ASCII.GetString(_buffer, _begin, end);
                _begin += end + 2;
                return line;
            }

            await FillAsync(cancellationToken);
        }
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        if (_begin > 0)
        {
            _buffer.AsSpan(_begin, _end - _begin).CopyTo(_buffer);
            (_begin, _end) = (0, _end - _begin);
        }

        if (_end == _buffer.Length)
            Array.Resize(ref _buffer, 2 * _buffer.Length);
        var read = await _socket.ReceiveAsync(_buffer.AsMemory(_end), cancellationToken);
        _end += read > 0 ? read : throw new InvalidOperationException("The server has closed the connection.");
    }
}
