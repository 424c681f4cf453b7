using System.Globalization;
using System.Text;

namespace Orleans.Persist.Bench.Wire;

/// <summary>Redis' own protocol: <c>SET key value EX seconds</c> and <c>GET key</c>.</summary>
internal sealed class RedisConnection(Connection connection, Func<int, string> keyOf, byte[] value, TimeSpan timeToLive) : IKeyConnection
{
    private readonly byte[] _tail = Encoding.ASCII.GetBytes($"\r\n$2\r\nEX\r\n{Bulk(((long)timeToLive.TotalSeconds).ToString(CultureInfo.InvariantCulture))}");
    private readonly byte[] _request = new byte[value.Length + 256];

    public static async Task<IKeyConnection> OpenAsync(int port, Func<int, string> keyOf, byte[] value, TimeSpan timeToLive, CancellationToken cancellationToken) =>
        new RedisConnection(await Connection.OpenAsync(port, cancellationToken), keyOf, value, timeToLive);

    public async ValueTask SaveAsync(int key)
    {
        var at = Encoding.ASCII.GetBytes($"*5\r\n$3\r\nSET\r\n{Bulk(keyOf(key))}${value.Length}\r\n", _request);
        value.CopyTo(_request, at);
        _tail.CopyTo(_request, at + value.Length);
        await connection.SendAsync(_request.AsMemory(0, at + value.Length + _tail.Length));
        await ExpectAsync("+OK\r\n", 5);
    }

    public async ValueTask LoadAsync(int key)
    {
        await connection.SendAsync(_request.AsMemory(0, Encoding.ASCII.GetBytes($"*2\r\n$3\r\nGET\r\n{Bulk(keyOf(key))}", _request)));
        var head = $"${value.Length}\r\n";
        await ExpectAsync(head, head.Length + value.Length + 2);
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private static string Bulk(string text) => string.Create(CultureInfo.InvariantCulture, $"${text.Length}\r\n{text}\r\n");

    private async ValueTask ExpectAsync(string begin, int length)
    {
        await connection.NeedAsync(begin.Length);
        if (!connection.Received.StartsWith(Encoding.ASCII.GetBytes(begin)))
            throw new InvalidOperationException($"Redis answers {Encoding.ASCII.GetString(connection.Received)}");
        await connection.NeedAsync(length);
        connection.Use(length);
    }
}
