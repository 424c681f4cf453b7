using System.Buffers.Binary;
using System.Net;
using Google.Protobuf;

namespace Orleans.Persist.Web.Tests.Grpc;

/// <summary>Bytes over HTTP/2, right or wrong.</summary>
internal sealed class GrpcWire(Uri address) : IDisposable
{
    public const string Load = "/protob.EventStore/Load";
    public const string Save = "/protob.EventStore/Save";
    private readonly HttpClient _http = new() { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };

    public static byte[] Frame(IMessage message) => Frame(message.ToByteArray());

    public static byte[] Frame(byte[] message, byte flag = 0, int? length = null)
    {
        var frame = new byte[5 + message.Length];
        frame[0] = flag;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), length ?? message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }

    public Task<GrpcAnswer> PostAsync(string path, byte[] body, params (string Name, string Value)[] headers) =>
        PostAsync(path, new ByteArrayContent(body), headers);

    public async Task<GrpcAnswer> PostAsync(string path, HttpContent body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = body };
        body.Headers.TryAddWithoutValidation("content-type", headers.FirstOrDefault(header => header.Name == "content-type").Value ?? "application/grpc");
        foreach (var (name, value) in headers.Where(header => header.Name != "content-type"))
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await _http.SendAsync(request);
        return await GrpcAnswer.OfAsync(response);
    }

    public Task<HttpResponseMessage> GetAsync(string path) =>
        _http.SendAsync(new HttpRequestMessage(HttpMethod.Get, path) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact });

    public void Dispose() => _http.Dispose();
}
