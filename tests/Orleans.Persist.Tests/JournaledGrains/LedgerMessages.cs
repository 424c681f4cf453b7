namespace Orleans.Persist.Tests.JournaledGrains;

[GenerateSerializer]
public sealed record Draw([property: Id(0)] int Number, [property: Id(1)] Guid Id, [property: Id(2)] DateTimeOffset At);

[GenerateSerializer]
public sealed record LedgerReport(
    [property: Id(0)] LedgerState State, [property: Id(1)] long Version, [property: Id(2)] Guid Activation, [property: Id(3)] int Unacknowledged, [property: Id(4)] string Silo);

/// <summary>What a ledger's timers bring.</summary>
[GenerateSerializer]
[Alias("ledger.ticked")]
public sealed record Ticked([property: Id(0)] string Name);
