using Orleans.Persist.Journal;
using Orleans.Runtime;

namespace Orleans.Persist.Sources;

/// <summary>Calls to grains that may be repeated: a silo that dies or is not reachable costs time, and no answer.</summary>
internal static class GrainCall
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(2);

    /// <summary>A call that a silo took with it when it died is answered by nobody; Orleans would give it up after its response time-out only.</summary>
    private static readonly TimeSpan FirstPatience = TimeSpan.FromSeconds(5);

    /// <summary>Whether the call may have reached its grain or not, and another one may do better.</summary>
    public static bool IsTransient(Exception error) => error is OrleansException or TimeoutException or IOException;

    /// <summary>Calls until there is an answer, or an error that is the grain's own.</summary>
    /// <param name="call">The call; it may take effect more than once.</param>
    /// <param name="limit">The longest that this goes on.</param>
    /// <param name="time">The clock.</param>
    /// <param name="what">What the call is for, for the error.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="JournalUnavailableException">There was no answer in time.</exception>
    public static async Task<T> RepeatAsync<T>(Func<Task<T>> call, TimeSpan limit, TimeProvider time, string what, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var (delay, patience) = (FirstDelay, FirstPatience);
        while (true)
        {
            try
            {
                return await call().WaitAsync(patience < limit ? patience : limit, time, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (IsTransient(e))
            {
                if (time.GetElapsedTime(began) + delay > limit)
                    throw Unavailable(what, e);
            }

            await Task.Delay(delay, time, cancellationToken).ConfigureAwait(false);
            (delay, patience) = (delay * 2 < LongestDelay ? delay * 2 : LongestDelay, patience * 2);
        }
    }

    /// <summary>The error of a call that has had no answer.</summary>
    public static JournalUnavailableException Unavailable(string what, Exception error) =>
        new($"{what}: the cluster has not answered. {error.Message}", error);
}
