namespace Orleans.Persist.Tests.LogConsistency;

/// <summary>A state with public fields, which a JSON default would lose.</summary>
[GenerateSerializer]
public sealed class LogState
{
    [Id(0)]
    public int Sum;

    [Id(1)]
    public List<int> Values = [];

    public void Apply(Added @event)
    {
        Sum += @event.Amount;
        Values.Add(@event.Amount);
    }

    public void Apply(AliasedAdded @event)
    {
        Sum += @event.Amount;
        Values.Add(@event.Amount);
    }

    public void Apply(Poison @event) => throw new InvalidOperationException("this event is poison");
}

/// <summary>An event with a public field.</summary>
[GenerateSerializer]
public class Added
{
    [Id(0)]
    public int Amount;
}

/// <summary>An event with an alias.</summary>
[GenerateSerializer]
[Alias("tests.added")]
public sealed class AliasedAdded
{
    [Id(0)]
    public int Amount;
}

[GenerateSerializer]
public sealed class Poison
{
    [Id(0)]
    public int Reason;
}

/// <summary>No serializer is made for it.</summary>
public sealed class Unserializable
{
    public int Amount { get; set; }
}
