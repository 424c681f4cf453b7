using Orleans.Persist.JournaledGrains;
using Orleans.Persist.Processes;
using Orleans.Runtime;

namespace Orleans.Persist.Tests.JournaledGrains;

/// <summary>Keeps only what its snapshots do not cover.</summary>
public sealed class SnapshottingLedgerGrain(ILocalSiloDetails silo) : LedgerGrain(silo)
{
    protected override KernelOptions<LedgerState, JournaledMessage> Configure(KernelOptions<LedgerState, JournaledMessage> options) =>
        options with { Snapshots = new SnapshotPolicy { EveryEvents = 10, OnPassivation = false }, TruncateAfterSnapshot = true };
}
