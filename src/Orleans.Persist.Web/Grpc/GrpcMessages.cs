using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace Orleans.Persist.Web.Grpc;

/// <summary>A message on the wire: a byte that says whether it is compressed, its length in four bytes, most significant first, and itself.</summary>
internal static class GrpcMessages
{
    private const int PrefixLength = 5;

    /// <summary>Reads the one message of a unary call.</summary>
    /// <exception cref="GrpcException">There is none, more than one, or it is too long, compressed or not what it should be.</exception>
    public static async ValueTask<T> ReadOnlyAsync<T>(
        HttpRequest request,
        MessageParser<T> parser,
        Func<T, ReadOnlySequence<byte>, bool>? isValid,
        GrpcServiceOptions options,
        GrpcMemory.Reservation reserved,
        CancellationToken cancellationToken)
        where T : class, IMessage<T>
    {
        var reader = request.BodyReader;
        var length = -1L;
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            var buffer = read.Buffer;
            if (length < 0 && buffer.Length >= PrefixLength)
            {
                length = LengthOf(buffer, request, options.MaxMessageBytes);
                reserved.Take(length);
            }

            if (length >= 0 && buffer.Length > PrefixLength + length)
                throw new GrpcException(GrpcStatus.Internal, "there is more than the one message of a unary call");
            if (!read.IsCompleted)
            {
                reader.AdvanceTo(buffer.Start, buffer.End);
                continue;
            }

            if (length < 0 || buffer.Length < PrefixLength + length)
                throw new GrpcException(GrpcStatus.Internal, buffer.IsEmpty ? "there is no message" : "the message is cut off");
            var message = Parse(parser, isValid, buffer.Slice(PrefixLength));
            reader.AdvanceTo(buffer.End);
            return message;
        }
    }

    /// <summary>Reads the next message of a stream; null where there is none any more.</summary>
    /// <exception cref="GrpcException">It is too long, compressed, cut off or not what it should be.</exception>
    public static async ValueTask<T?> ReadNextAsync<T>(
        HttpRequest request, MessageParser<T> parser, GrpcServiceOptions options, GrpcMemory.Reservation reserved, CancellationToken cancellationToken)
        where T : class, IMessage<T>
    {
        var reader = request.BodyReader;
        var length = -1L;
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            var buffer = read.Buffer;
            if (length < 0 && buffer.Length >= PrefixLength)
            {
                length = LengthOf(buffer, request, options.MaxMessageBytes);
                reserved.Take(length);
            }

            if (length >= 0 && buffer.Length >= PrefixLength + length)
            {
                var bytes = buffer.Slice(PrefixLength, length);
                var message = Parse(parser, null, bytes);
                reader.AdvanceTo(bytes.End);
                return message;
            }

            if (read.IsCompleted)
                return buffer.IsEmpty ? null : throw new GrpcException(GrpcStatus.Internal, "the message is cut off");
            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    /// <summary>Writes a message of an answer. It goes out with the next flush, at the latest with the trailers.</summary>
    public static void Write(PipeWriter writer, IMessage message)
    {
        var prefix = writer.GetSpan(PrefixLength);
        prefix[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(prefix[1..], message.CalculateSize());
        writer.Advance(PrefixLength);
        message.WriteTo(writer);
    }

    private static long LengthOf(ReadOnlySequence<byte> buffer, HttpRequest request, int maxBytes)
    {
        Span<byte> prefix = stackalloc byte[PrefixLength];
        buffer.Slice(0, PrefixLength).CopyTo(prefix);
        if (prefix[0] == 1)
        {
            throw string.IsNullOrEmpty(request.Headers["grpc-encoding"])
                ? new GrpcException(GrpcStatus.Internal, "the message is compressed, and no grpc-encoding says how")
                : new GrpcException(GrpcStatus.Unimplemented, $"compression is not supported: {request.Headers["grpc-encoding"]}");
        }

        if (prefix[0] != 0)
            throw new GrpcException(GrpcStatus.Internal, $"a message begins with 0 or 1, not with {prefix[0]}");
        var length = BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
        return length <= maxBytes
            ? length
            : throw new GrpcException(GrpcStatus.ResourceExhausted, $"the message has {length:N0} bytes; at most {maxBytes:N0} are taken");
    }

    private static T Parse<T>(MessageParser<T> parser, Func<T, ReadOnlySequence<byte>, bool>? isValid, ReadOnlySequence<byte> bytes)
        where T : class, IMessage<T>
    {
        try
        {
            var message = parser.ParseFrom(bytes);
            return isValid?.Invoke(message, bytes) != false ? message : throw new GrpcException(GrpcStatus.Internal, "the message has a text that is not UTF-8");
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new GrpcException(GrpcStatus.Internal, $"the message cannot be read: {e.Message}", e);
        }
    }
}
