using Azure.Core;
using Azure.Core.Pipeline;

namespace Orleans.Persist.Bench.Measuring;

/// <summary>Counts what goes over the wire: requests, tries included, and their bytes with those of the answers, headers included.</summary>
internal sealed class RequestCounter : HttpPipelinePolicy
{
    private long _requests;
    private long _bytes;

    public long Requests => Volatile.Read(ref _requests);

    public long Bytes => Volatile.Read(ref _bytes);

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException("Requests are sent asynchronously.");

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        var request = message.Request;
        long content = 0;
        request.Content?.TryComputeLength(out content);
        var sent = request.Method.Method.Length + request.Uri.ToString().Length + content + request.Headers.Sum(LengthOf);
        Interlocked.Increment(ref _requests);
        await ProcessNextAsync(message, pipeline);
        if (!message.HasResponse)
            return;
        var response = message.Response;
        Interlocked.Add(ref _bytes, sent + (response.Headers.ContentLengthLong ?? 0) + response.Headers.Sum(LengthOf));
        if (response.Headers.ContentLengthLong is null && response.ContentStream is { } body)
            response.ContentStream = new CountingBody(body, count => Interlocked.Add(ref _bytes, count));
    }

    private static long LengthOf(HttpHeader header) => header.Name.Length + header.Value.Length + 4;

    /// <summary>An answer without a length, counted as it is read.</summary>
    private sealed class CountingBody(Stream inner, Action<int> read) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var got = inner.Read(buffer, offset, count);
            read(got);
            return got;
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var got = await inner.ReadAsync(buffer, cancellationToken);
            read(got);
            return got;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
