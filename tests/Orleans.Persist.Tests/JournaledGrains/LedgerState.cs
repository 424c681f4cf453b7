namespace Orleans.Persist.Tests.JournaledGrains;

[GenerateSerializer]
public sealed class LedgerState
{
    [Id(0)]
    public int Sum { get; set; }

    [Id(1)]
    public List<int> Kept { get; set; } = [];

    [Id(2)]
    public List<Draw> Draws { get; set; } = [];

    [Id(3)]
    public List<string> Answers { get; set; } = [];

    [Id(4)]
    public List<string> Ticks { get; set; } = [];
}
