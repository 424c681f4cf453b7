using System.Runtime.CompilerServices;

namespace Orleans.Persist.Grains;

/// <summary>
/// Orleans creates an activation, and runs it up to its first wait, within a lock on that activation (<c>ActivationData.Start</c>, 10.4.2).
/// A grain call from in there takes the lock of the called activation too where that is on the same silo: two that start at once and call each other would wait for each other for ever.
/// </summary>
internal static class ActivationStart
{
    /// <summary>To be awaited first of all: what follows runs on the activation's scheduler still, without the lock.</summary>
    public static YieldAwaitable LeaveLock() => Task.Yield();
}
