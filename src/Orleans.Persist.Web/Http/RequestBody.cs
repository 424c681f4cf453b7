using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Orleans.Persist.Web.Http;

/// <summary>The body of a request in one piece of pooled memory, not larger than a bound.</summary>
internal sealed class RequestBody : IDisposable
{
    private const int FirstSize = 16 * 1024;
    private byte[] _buffer;
    private int _length;

    private RequestBody(int size) => _buffer = ArrayPool<byte>.Shared.Rent(size);

    /// <summary>The bytes; not to be used after <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    /// <summary>Reads the body to its end.</summary>
    /// <exception cref="RequestException">It is larger than the bound; what is beyond it is not read.</exception>
    public static async ValueTask<RequestBody> ReadAsync(HttpContext context, long maxBytes, CancellationToken cancellationToken)
    {
        var max = (int)Math.Min(maxBytes, Array.MaxLength);
        if (context.Request.ContentLength > max)
            throw TooLarge(max);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = null; // it is bounded here
        var body = new RequestBody((int)(context.Request.ContentLength ?? FirstSize));
        try
        {
            await body.FillAsync(context, max, cancellationToken).ConfigureAwait(false);
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private async ValueTask FillAsync(HttpContext context, int max, CancellationToken cancellationToken)
    {
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            var length = read.Buffer.Length;
            if (_length + length > max)
            {
                reader.AdvanceTo(read.Buffer.End);
                throw TooLarge(max);
            }

            Grow(_length + (int)length);
            read.Buffer.CopyTo(_buffer.AsSpan(_length));
            _length += (int)length;
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return;
        }
    }

    private void Grow(int length)
    {
        if (length <= _buffer.Length)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(length, (int)Math.Min(2L * _buffer.Length, Array.MaxLength)));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    private static RequestException TooLarge(int max) =>
        new(413, ProblemCodes.TooLarge, $"The body is larger than {max:N0} bytes. Send the events in several requests.");
}
