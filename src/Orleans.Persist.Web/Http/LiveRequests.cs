using Microsoft.Extensions.Options;

namespace Orleans.Persist.Web.Http;

/// <summary>Counts the requests that stay open, and bounds them.</summary>
internal sealed class LiveRequests(IOptions<PersistWebOptions> options)
{
    private int _count;

    /// <summary>Takes a place until the result is disposed of.</summary>
    /// <exception cref="RequestException">There is none.</exception>
    public Slot Enter()
    {
        if (Interlocked.Increment(ref _count) <= options.Value.MaxLiveRequests)
            return new Slot(this);
        Interlocked.Decrement(ref _count);
        throw new RequestException(503, ProblemCodes.Busy, $"{options.Value.MaxLiveRequests:N0} live requests are open, the most there may be. Try again later.");
    }

    /// <summary>A place.</summary>
    internal readonly struct Slot(LiveRequests owner) : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose() => Interlocked.Decrement(ref owner._count);
    }
}
