using Orleans.Persist.Sources;

namespace Orleans.Persist.SiloHost.Demo;

/// <summary>Waits for the sinks of a demo.</summary>
internal static class DemoSinks
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(5);

    /// <summary>Until all of them are online and what is asked for holds for each. At most as long as one step may take.</summary>
    /// <param name="source">The source.</param>
    /// <param name="condition">What is asked for.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="moving">Whether one that is not online may yet come back.</param>
    /// <returns>The sinks.</returns>
    /// <exception cref="CommandException">One has stopped.</exception>
    public static async Task<IReadOnlyList<SinkStatus>> UntilAsync(IEventSource source, Func<SinkStatus, bool> condition, CancellationToken cancellationToken, bool moving = false)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(DemoPlan.StepTimeout);
        IReadOnlyList<SinkStatus> sinks = [];
        try
        {
            while (true)
            {
                sinks = await source.GetSinksAsync(limit.Token);
                if (!moving && sinks.FirstOrDefault(sink => !sink.Online) is { } dead)
                    throw new CommandException($"the sink '{dead.Name}' has stopped: {dead.LastError}");
                if (sinks.Count == DemoSource.Sinks && sinks.All(sink => sink.Online && condition(sink)))
                    return sinks;
                await Task.Delay(Poll, limit.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CommandException(
                $"the sinks have not come so far within {DemoPlan.StepTimeout}: {string.Join("; ", sinks.Select(sink => $"{sink.Name} {(sink.Online ? "" : "offline, ")}at version {sink.Version:N0} {sink.LastError}".TrimEnd()))}.");
        }
    }
}
