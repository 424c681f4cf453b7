namespace Orleans.Persist.Tests.JournaledGrains;

[GenerateSerializer]
public sealed record Tally
{
    [Id(0)]
    public int Sum { get; init; }
}
