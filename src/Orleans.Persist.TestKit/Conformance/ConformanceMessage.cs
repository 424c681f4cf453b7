using Orleans.Persist.Serialization;

namespace Orleans.Persist.TestKit.Conformance;

/// <summary>A message of a <see cref="ConformanceActor"/>, and what handling it is to do.</summary>
[EventType("conformance.message")]
public sealed record ConformanceMessage(string Text)
{
    /// <summary>How many random numbers to draw into the state.</summary>
    public int Draws { get; init; }

    /// <summary>Whether to note the arrival time and a new GUID.</summary>
    public bool Stamp { get; init; }

    /// <summary>The keys of the actors to send the text to.</summary>
    public string[] Tell { get; init; } = [];

    /// <summary>Whether to change the state and throw then.</summary>
    public bool Throw { get; init; }

    /// <summary>A timer to set, due in that many seconds.</summary>
    public int Alarm { get; init; }

    /// <summary>The period of that timer in seconds; 0 for once.</summary>
    public int Period { get; init; }

    /// <summary>Whether to ask for a snapshot.</summary>
    public bool Save { get; init; }
}
