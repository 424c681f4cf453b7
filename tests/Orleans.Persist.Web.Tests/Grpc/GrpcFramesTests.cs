using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Orleans.Persist.Web.Tests.Grpc;

/// <summary>What breaks the rules of HTTP/2, written to a socket by hand.</summary>
public sealed class GrpcFramesTests
{
    private const int HeaderLength = 9;
    private const byte GoAway = 7;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly byte[] Hello = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, 0, 0, 0, 4, 0, 0, 0, 0, 0];

    private enum Http2Error
    {
        Protocol = 1,
        FrameSize = 6,
        Compression = 9,
    }

    [Theory]
    [Trait("Requirement", "t.5")]
    [InlineData("FFFFFF 00 00 00000001", nameof(Http2Error.FrameSize))] // 16 MiB at once
    [InlineData("000000 01 05 00000002", nameof(Http2Error.Protocol))] // a client's streams have odd numbers
    [InlineData("000001 01 05 00000001 FF", nameof(Http2Error.Compression))] // an index of HPACK that is cut off
    [InlineData("000000 00 00 00000001", nameof(Http2Error.Protocol))] // data of a call that was never made
    [InlineData("000000 09 04 00000001", nameof(Http2Error.Protocol))] // the rest of no headers
    [InlineData("000001 06 00 00000000 00", nameof(Http2Error.FrameSize))] // a ping has 8 bytes
    [InlineData("000005 04 00 00000000 0000000000", nameof(Http2Error.FrameSize))] // settings have 6 each
    public async Task A_malformed_frame_ends_its_connection_with_the_error_and_others_go_on(string frame, string error)
    {
        await using var server = await GrpcTestServer.StartAsync();
        using var wire = new GrpcWire(server.Address);
        await server.GoesOnAsync(wire);

        var answer = await SendAsync(server.Address.Port, [.. Hello, .. Convert.FromHexString(frame.Replace(" ", "", StringComparison.Ordinal))]);

        Assert.Equal(Enum.Parse<Http2Error>(error), ErrorOf(answer));
        await server.GoesOnAsync(wire);
    }

    [Theory]
    [Trait("Requirement", "t.5")]
    [InlineData("GET / HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n")]
    [InlineData("\0\u0001\u0002\u0003 no protocol that anybody speaks\n")]
    public async Task A_connection_that_does_not_begin_as_HTTP_2_does_is_closed(string beginning)
    {
        await using var server = await GrpcTestServer.StartAsync();
        using var wire = new GrpcWire(server.Address);

        await SendAsync(server.Address.Port, System.Text.Encoding.Latin1.GetBytes(beginning));

        await server.GoesOnAsync(wire);
    }

    /// <summary>Sends bytes on a connection of their own, and returns what comes until that is closed.</summary>
    private static async Task<byte[]> SendAsync(int port, byte[] bytes)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port).WaitAsync(Limit);
        var stream = client.GetStream();
        await stream.WriteAsync(bytes);
        using var answer = new MemoryStream();
        await stream.CopyToAsync(answer).WaitAsync(Limit);
        return answer.ToArray();
    }

    private static Http2Error? ErrorOf(ReadOnlySpan<byte> frames)
    {
        while (frames.Length >= HeaderLength)
        {
            if (frames[3] == GoAway)
                return (Http2Error)BinaryPrimitives.ReadInt32BigEndian(frames[(HeaderLength + 4)..]); // behind the last stream's number
            frames = frames[(HeaderLength + ((frames[0] << 16) | (frames[1] << 8) | frames[2]))..];
        }

        return null;
    }
}
