using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Orleans.Persist.AzureStorage.Tests.Faults;

/// <summary>An HTTP/1.1 proxy in front of a port of this machine, that does to each request what a test says. One request a connection.</summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, Fault> _next;
    private readonly Task _accepting;
    private int _requests;

    /// <param name="port">The server's port.</param>
    /// <param name="next">What to do to a request, by its first line. Called concurrently.</param>
    public FaultProxy(int port, Func<string, Fault> next)
    {
        ServerPort = port;
        _next = next;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Where requests go. May change while the proxy runs.</summary>
    public int ServerPort { get; set; }

    /// <summary>How many requests have come.</summary>
    public int Requests => Volatile.Read(ref _requests);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptSocketAsync(_stop.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                await using var client = new NetworkStream(socket);
                var (head, request) = await ReadAsync(client, _stop.Token);
                Interlocked.Increment(ref _requests);
                await ActAsync(client, request, _next(head.Split('\r')[0]));
                socket.Shutdown(SocketShutdown.Both);
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or FormatException)
            {
                // The connection ends; that is what the other side has to cope with.
            }
        }
    }

    private async Task ActAsync(NetworkStream client, byte[] request, Fault fault)
    {
        if (fault is Fault.Cut)
            return;
        if (fault is Fault.Error500 or Fault.Error503 or Fault.Error429)
        {
            await AnswerAsync(client, fault is Fault.Error500 ? 500 : fault is Fault.Error503 ? 503 : 429);
            return;
        }

        var answer = await ForwardAsync(request);
        if (fault is Fault.DropAnswer)
            return;
        if (fault is Fault.Error500Afterwards)
        {
            await AnswerAsync(client, 500);
            return;
        }

        if (fault is Fault.Delay)
            await Task.Delay(Random.Shared.Next(5, 60), _stop.Token);
        await client.WriteAsync(fault is Fault.HalfAnswer ? answer.AsMemory(0, answer.Length / 2) : answer, _stop.Token);
    }

    private static async Task AnswerAsync(NetworkStream client, int status) =>
        await client.WriteAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} Fault\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")));

    private async Task<byte[]> ForwardAsync(byte[] request)
    {
        using var server = new TcpClient();
        await server.ConnectAsync(IPAddress.Loopback, ServerPort, _stop.Token);
        await using var stream = server.GetStream();
        await stream.WriteAsync(request, _stop.Token);
        var answer = new MemoryStream();
        await stream.CopyToAsync(answer, _stop.Token);
        return answer.ToArray();
    }

    /// <summary>One request, told to end its connection, so that the answer ends with it.</summary>
    private static async Task<(string Head, byte[] Request)> ReadAsync(NetworkStream client, CancellationToken cancellationToken)
    {
        var bytes = new MemoryStream();
        var buffer = new byte[64 << 10];
        var (end, length) = (-1, 0);
        while (end < 0 || bytes.Length < end + 4 + length)
        {
            var read = await client.ReadAsync(buffer, cancellationToken);
            if (read == 0)
                throw new IOException("The client has gone.");
            bytes.Write(buffer, 0, read);
            if (end >= 0 || (end = bytes.GetBuffer().AsSpan(0, (int)bytes.Length).IndexOf("\r\n\r\n"u8)) < 0)
                continue;
            var line = Encoding.ASCII.GetString(bytes.GetBuffer(), 0, end).Split("\r\n").FirstOrDefault(l => l.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
            length = line is null ? 0 : int.Parse(line["Content-Length:".Length..], CultureInfo.InvariantCulture);
        }

        var head = Encoding.ASCII.GetString(bytes.GetBuffer(), 0, end);
        var closing = Encoding.ASCII.GetBytes(string.Join("\r\n", head.Split("\r\n").Where(l => !l.StartsWith("Connection:", StringComparison.OrdinalIgnoreCase))) + "\r\nConnection: close\r\n\r\n");
        return (head, [.. closing, .. bytes.GetBuffer().AsSpan(end + 4, length)]);
    }
}
