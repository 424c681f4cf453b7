namespace Orleans.Persist.Processes;

/// <summary>Marks an actor whose messages are its events: each is handled, stored, and handled again in a rebuild (requirements m.1, m.9). What it draws, reads of the clock and sends must come from its context.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class JournaledAttribute : Attribute;
