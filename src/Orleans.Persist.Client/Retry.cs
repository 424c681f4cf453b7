namespace Orleans.Persist.Client;

/// <summary>When a call may be made again after it failed.</summary>
internal enum Retry
{
    /// <summary>Only where it certainly did not reach the service: made twice, a save could undo another one's.</summary>
    Unsent,

    /// <summary>Also where the service was not available: it changes nothing.</summary>
    Always,
}
