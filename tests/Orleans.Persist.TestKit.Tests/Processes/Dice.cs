using System.Diagnostics.CodeAnalysis;
using Orleans.Persist.Processes;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.TestKit.Tests.Processes;

[EventType("roll")]
internal sealed record Roll(int Sides);

internal sealed record Rolled
{
    public List<int> Values { get; init; } = [];

    public DateTimeOffset Last { get; set; }
}

/// <summary>An actor that is rebuilt from its messages: rolls, sends what came, and rolls again a minute later.</summary>
internal class Dice : JournaledProcess<Rolled, Roll>
{
    protected override object? Handle(Roll message)
    {
        if (message.Sides < 1)
            throw new ArgumentOutOfRangeException(nameof(message), "A die has sides.");
        var value = Draw(message.Sides);
        State.Values.Add(value);
        State.Last = Now;
        Send(new ProcessId("table", "1"), value);
        if (State.Values.Count == 1)
            SetTimer("again", TimeSpan.FromMinutes(1), new Roll(6), TimeSpan.FromMinutes(1));
        return value;
    }

    protected virtual int Draw(int sides) => Random.Next(1, sides + 1);
}

/// <summary>One that draws from outside: every rebuild gives something else.</summary>
internal sealed class LoadedDice : Dice
{
    private static int _drawn;

    [SuppressMessage("Design", "CA1822", Justification = "An override.")]
    protected override int Draw(int sides) => Interlocked.Increment(ref _drawn);
}
