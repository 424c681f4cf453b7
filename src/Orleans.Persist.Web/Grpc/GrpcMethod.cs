using System.Buffers;
using Google.Protobuf;

namespace Orleans.Persist.Web.Grpc;

/// <summary>A unary method that a service serves.</summary>
internal abstract class GrpcMethod(string path)
{
    /// <summary>The path on the wire: <c>/package.Service/Method</c>.</summary>
    public string Path { get; } = path;

    /// <summary>Reads the request and answers it.</summary>
    /// <exception cref="GrpcException">The call fails with a status.</exception>
    public abstract ValueTask<IMessage> CallAsync(
        Microsoft.AspNetCore.Http.HttpRequest request, GrpcServiceOptions options, GrpcMemory.Reservation reserved, CancellationToken cancellationToken);
}

/// <summary>A unary method with a request of this type.</summary>
internal sealed class GrpcMethod<TRequest>(
    string path,
    MessageParser<TRequest> parser,
    Func<TRequest, CancellationToken, ValueTask<IMessage>> answer,
    Func<TRequest, ReadOnlySequence<byte>, bool>? isValid = null)
    : GrpcMethod(path)
    where TRequest : class, IMessage<TRequest>
{
    public MessageParser<TRequest> Parser { get; } = parser;

    /// <summary>Whether the bytes are what the parser took them for.</summary>
    public bool IsValid(TRequest request, ReadOnlySequence<byte> bytes) => isValid?.Invoke(request, bytes) != false;

    /// <inheritdoc/>
    public override async ValueTask<IMessage> CallAsync(
        Microsoft.AspNetCore.Http.HttpRequest request, GrpcServiceOptions options, GrpcMemory.Reservation reserved, CancellationToken cancellationToken)
    {
        var message = await GrpcMessages.ReadAsync(request, this, options, reserved, cancellationToken).ConfigureAwait(false);
        return await answer(message, cancellationToken).ConfigureAwait(false);
    }
}
