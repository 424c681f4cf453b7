using System.Runtime.CompilerServices;
using Google.Protobuf;
using Orleans.Persist.Protocol;
using static Orleans.Persist.Protocol.HealthCheckResponse.Types;

namespace Orleans.Persist.Web.Grpc;

/// <summary>gRPC's health checking protocol: whether the services behind these names can be called.</summary>
/// <param name="services">The names. The empty one asks for the server as a whole.</param>
/// <param name="stopping">Cancelled when the server begins to stop. Before its start and after its end it does not listen.</param>
internal sealed class HealthService(IReadOnlyCollection<string> services, CancellationToken stopping)
{
    /// <summary>Its name on the wire.</summary>
    public const string Name = "grpc.health.v1.Health";

    public IEnumerable<GrpcMethod> Methods =>
    [
        new GrpcMethod<HealthCheckRequest>($"/{Name}/Check", HealthCheckRequest.Parser, Check),
        new GrpcStreamMethod<HealthCheckRequest>($"/{Name}/Watch", HealthCheckRequest.Parser, WatchAsync),
    ];

    private ValueTask<IMessage> Check(HealthCheckRequest request, CancellationToken cancellationToken) => StatusOf(request) is ServingStatus.ServiceUnknown
        ? throw new GrpcException(GrpcStatus.NotFound, $"unknown service {request.Service}")
        : new(new HealthCheckResponse { Status = StatusOf(request) });

    /// <summary>The status now, and then when it changes: when the server stops, which ends the stream.</summary>
    private async IAsyncEnumerable<IMessage> WatchAsync(HealthCheckRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new HealthCheckResponse { Status = StatusOf(request) };
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
    }

    private ServingStatus StatusOf(HealthCheckRequest request) =>
        request.Service.Length > 0 && !services.Contains(request.Service) ? ServingStatus.ServiceUnknown
        : stopping.IsCancellationRequested ? ServingStatus.NotServing
        : ServingStatus.Serving;
}
