using Google.Protobuf;
using Orleans.Persist.Protocol;

namespace Orleans.Persist.Web.Grpc;

/// <summary>gRPC's health checking protocol, its unary part: whether the services behind these names can be called.</summary>
internal sealed class HealthService(IReadOnlyCollection<string> services)
{
    /// <summary>Its name on the wire.</summary>
    public const string Name = "grpc.health.v1.Health";

    public IEnumerable<GrpcMethod> Methods => [new GrpcMethod<HealthCheckRequest>($"/{Name}/Check", HealthCheckRequest.Parser, Check)];

    // The empty name asks for the server as a whole. It listens only while the store is open.
    private ValueTask<IMessage> Check(HealthCheckRequest request, CancellationToken cancellationToken) =>
        request.Service.Length == 0 || services.Contains(request.Service)
            ? new(new HealthCheckResponse { Status = HealthCheckResponse.Types.ServingStatus.Serving })
            : throw new GrpcException(GrpcStatus.NotFound, $"unknown service {request.Service}");
}
