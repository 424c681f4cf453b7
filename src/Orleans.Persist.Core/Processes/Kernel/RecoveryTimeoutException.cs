namespace Orleans.Persist.Processes;

/// <summary>The storage was silent for longer than a recovery waits.</summary>
public sealed class RecoveryTimeoutException(string stream, TimeSpan limit)
    : TimeoutException($"The recovery of '{stream}' has heard nothing from its storage for {limit}; see {nameof(KernelOptions<,>.RecoveryTimeout)}.");
