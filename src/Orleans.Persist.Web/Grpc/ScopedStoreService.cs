using Google.Protobuf;
using Orleans.Persist.Protocol;
using Orleans.Persist.Scopes;

namespace Orleans.Persist.Web.Grpc;

/// <summary>The published service <c>protob.EventStore</c> in front of a scoped store (requirement t.5).</summary>
internal sealed class ScopedStoreService(IScopedStore store, GrpcServiceOptions options)
{
    /// <summary>Its name on the wire.</summary>
    public const string Name = "protob.EventStore";

    private static readonly SaveResponse Saved = new();
    private static readonly DeleteResponse Deleted = new();

    public IEnumerable<GrpcMethod> Methods =>
    [
        new GrpcMethod<SaveRequest>($"/{Name}/Save", SaveRequest.Parser, SaveAsync, (request, bytes) => LocationUtf8.IsValid(request.Location, bytes)),
        new GrpcMethod<LoadRequest>($"/{Name}/Load", LoadRequest.Parser, LoadAsync, (request, bytes) => LocationUtf8.IsValid(request.Location, bytes)),
        new GrpcMethod<DeleteRequest>($"/{Name}/Delete", DeleteRequest.Parser, DeleteAsync, (request, bytes) => LocationUtf8.IsValid(request.Location, bytes)),
    ];

    private async ValueTask<IMessage> SaveAsync(SaveRequest request, CancellationToken cancellationToken)
    {
        ThrowIf(LocationRules.Problem(request.Location) ?? LocationRules.Problem(request.Ttl));
        await store.SaveAsync(Of(request.Location), request.Value.Memory, TimeSpan.FromSeconds(request.Ttl), cancellationToken).ConfigureAwait(false);
        return Saved;
    }

    private async ValueTask<IMessage> LoadAsync(LoadRequest request, CancellationToken cancellationToken)
    {
        ThrowIf(LocationRules.Problem(request.Location));
        var location = Of(request.Location);
        var result = await store.TryLoadAsync(location, cancellationToken).ConfigureAwait(false);
        return result.Outcome is LoadOutcome.Found
            ? new LoadResponse { Value = UnsafeByteOperations.UnsafeWrap(result.Value) }
            : throw new GrpcException(
                options.StandardStatusCodes ? GrpcStatus.NotFound : GrpcStatus.InvalidArgument,
                new ScopedValueException(location, result.Outcome is LoadOutcome.Expired).Message);
    }

    private async ValueTask<IMessage> DeleteAsync(DeleteRequest request, CancellationToken cancellationToken)
    {
        ThrowIf(LocationRules.Problem(request.Location));
        await store.DeleteAsync(Of(request.Location), cancellationToken).ConfigureAwait(false);
        return Deleted;
    }

    private void ThrowIf(string? problem)
    {
        if (problem is not null)
            throw new GrpcException(options.StandardStatusCodes ? GrpcStatus.InvalidArgument : GrpcStatus.Unknown, problem);
    }

    /// <summary>A location that has no <see cref="LocationRules.Problem(LocationType?)"/>.</summary>
    private static ScopedLocation Of(LocationType location) => (location.Scope.Type switch
    {
        ScopeChoice.Global => Scope.Global,
        ScopeChoice.Bridge => Scope.Bridge(location.Scope.Bridge),
        _ => Scope.Instance(location.Scope.Bridge, location.Scope.Instance),
    }).Key(location.Key);
}
