namespace Orleans.Persist.Web.Grpc;

/// <summary>Bounds the bytes of all messages that are being received at the same time.</summary>
internal sealed class GrpcMemory(long limit)
{
    private long _used;

    /// <summary>What one call takes; given back when it is disposed of.</summary>
    internal sealed class Reservation(GrpcMemory memory) : IDisposable
    {
        private long _bytes;

        /// <exception cref="GrpcException">There is no room now.</exception>
        public void Take(long bytes)
        {
            if (Interlocked.Add(ref memory._used, bytes) > memory.Limit)
            {
                Interlocked.Add(ref memory._used, -bytes);
                throw new GrpcException(GrpcStatus.ResourceExhausted, "too many bytes of messages are being received at the moment; try again");
            }

            _bytes = bytes;
        }

        public void Dispose() => Interlocked.Add(ref memory._used, -Interlocked.Exchange(ref _bytes, 0));
    }

    private long Limit => limit;
}
