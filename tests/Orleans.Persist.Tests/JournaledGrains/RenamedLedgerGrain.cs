using Orleans.Persist.JournaledGrains;
using Orleans.Persist.Serialization;
using Orleans.Runtime;

namespace Orleans.Persist.Tests.JournaledGrains;

/// <summary>Knows what its method was called once.</summary>
public sealed class RenamedLedgerGrain(ILocalSiloDetails silo) : LedgerGrain(silo)
{
    public const string OldName = "Orleans.Persist.Tests.JournaledGrains.ILedgerGrain/Increase(System.Int32)";
    public const string NewName = "Orleans.Persist.Tests.JournaledGrains.ILedgerGrain/Add(System.Int32)";

    protected override void ConfigureMessages(EventTypesBuilder<JournaledMessage> messages) => messages.Rename(OldName, NewName);
}
