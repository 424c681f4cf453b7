namespace Orleans.Persist.Web.Http;

/// <summary>Bounds how long a request may wait for the engine.</summary>
internal static class Deadline
{
    /// <summary>Does something within a time.</summary>
    /// <exception cref="RequestException">The time is up.</exception>
    public static async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> action, TimeSpan timeout, TimeProvider time, string whatNow, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await action(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new RequestException(503, ProblemCodes.Unavailable, $"The engine has not answered within {timeout.TotalSeconds:0.###} seconds. {whatNow}", e);
        }
    }
}
