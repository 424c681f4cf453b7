using System.Buffers;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace Orleans.Persist.Web.Grpc;

/// <summary>A method that a service serves.</summary>
internal abstract class GrpcMethod(string path)
{
    /// <summary>The path on the wire: <c>/package.Service/Method</c>.</summary>
    public string Path { get; } = path;

    /// <summary>Whether it may take as long as its caller likes.</summary>
    public virtual bool IsStream => false;

    /// <summary>Reads the request and writes what answers it; the status is the caller's.</summary>
    /// <exception cref="GrpcException">The call fails with a status.</exception>
    public abstract ValueTask InvokeAsync(HttpContext context, GrpcServiceOptions options, GrpcMemory memory, CancellationToken cancellationToken);
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
    /// <inheritdoc/>
    public override async ValueTask InvokeAsync(HttpContext context, GrpcServiceOptions options, GrpcMemory memory, CancellationToken cancellationToken)
    {
        using var reserved = new GrpcMemory.Reservation(memory);
        var message = await GrpcMessages.ReadOnlyAsync(context.Request, parser, isValid, options, reserved, cancellationToken).ConfigureAwait(false);
        GrpcMessages.Write(context.Response.BodyWriter, await answer(message, cancellationToken).ConfigureAwait(false));
    }
}
