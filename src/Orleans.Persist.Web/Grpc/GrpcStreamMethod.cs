using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace Orleans.Persist.Web.Grpc;

/// <summary>A method that answers each message of the request with a sequence of its own, one after the other. It may take as long as its caller likes.</summary>
internal sealed class GrpcStreamMethod<TRequest>(
    string path, MessageParser<TRequest> parser, Func<TRequest, CancellationToken, IAsyncEnumerable<IMessage>> answer)
    : GrpcMethod(path)
    where TRequest : class, IMessage<TRequest>
{
    /// <inheritdoc/>
    public override bool IsStream => true;

    /// <inheritdoc/>
    public override async ValueTask InvokeAsync(HttpContext context, GrpcServiceOptions options, GrpcMemory memory, CancellationToken cancellationToken)
    {
        while (await NextAsync(context.Request, options, memory, cancellationToken).ConfigureAwait(false) is { } request)
        {
            await foreach (var message in answer(request, cancellationToken).ConfigureAwait(false))
            {
                GrpcMessages.Write(context.Response.BodyWriter, message);
                await context.Response.BodyWriter.FlushAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask<TRequest?> NextAsync(HttpRequest request, GrpcServiceOptions options, GrpcMemory memory, CancellationToken cancellationToken)
    {
        using var reserved = new GrpcMemory.Reservation(memory);
        return await GrpcMessages.ReadNextAsync(request, parser, options, reserved, cancellationToken).ConfigureAwait(false);
    }
}
