namespace Orleans.Persist.Bench.OrleansGrains;

/// <summary>A small state.</summary>
[GenerateSerializer]
public sealed class CounterState
{
    [Id(0)]
    public long Sum { get; set; }

    [Id(1)]
    public long Count { get; set; }

    public void Apply(Counted @event)
    {
        Sum += @event.Amount;
        Count++;
    }
}

[GenerateSerializer]
[Alias("bench.counted")]
public sealed class Counted
{
    [Id(0)]
    public int Amount { get; set; }
}
