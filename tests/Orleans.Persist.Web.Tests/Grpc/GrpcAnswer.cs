using System.Net;

namespace Orleans.Persist.Web.Tests.Grpc;

/// <summary>An answer as it came over the wire.</summary>
internal sealed record GrpcAnswer(HttpStatusCode Http, string? Status, string? Message, byte[] Body, string? AcceptEncoding)
{
    public static async Task<GrpcAnswer> OfAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsByteArrayAsync();
        return new GrpcAnswer(response.StatusCode, Header("grpc-status"), Header("grpc-message"), body, Header("grpc-accept-encoding"));

        string? Header(string name) =>
            response.TrailingHeaders.TryGetValues(name, out var values) || response.Headers.TryGetValues(name, out values) ? values.Single() : null;
    }
}
