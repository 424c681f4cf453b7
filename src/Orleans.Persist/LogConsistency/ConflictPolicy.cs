namespace Orleans.Persist.LogConsistency;

/// <summary>What an activation does when it finds that another one has written its log (requirement o.5).</summary>
public enum ConflictPolicy
{
    /// <summary>It reads what the other one wrote and goes on: unconditional events are stored after it, conditional ones fail. The default, and what <c>JournaledGrain</c> documents.</summary>
    Rebase = 0,

    /// <summary>It gives up: what is unconfirmed is withdrawn, who waits for it gets the conflict, and the grain is deactivated.</summary>
    Deactivate = 1,
}
