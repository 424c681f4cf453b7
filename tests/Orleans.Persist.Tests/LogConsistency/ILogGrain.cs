using Orleans.EventSourcing;

namespace Orleans.Persist.Tests.LogConsistency;

/// <summary>What the grains of these tests can do, whatever provider is under them.</summary>
public interface ILogGrain : IGrainWithStringKey
{
    Task Raise(int amount);

    Task RaiseAndConfirm(int amount);

    Task RaiseRange(int[] amounts, bool confirm);

    Task<bool> TryRaise(int amount);

    Task<bool> TryRaiseRange(int[] amounts);

    /// <summary>Raises a conditional event, and an unconditional one before that is confirmed.</summary>
    Task<bool> TryRaiseThenRaise(int conditional, int unconditional);

    Task Confirm();

    Task Refresh();

    Task Clear();

    Task<LogReport> Report();

    Task<List<int>> Events(int from, int to);

    /// <summary>Raises an event that Orleans cannot serialize.</summary>
    Task RaiseUnserializable();

    /// <summary>Raises an event on which the state throws.</summary>
    Task RaisePoison();

    /// <summary>What is confirmed and what is tentative before and after an event is confirmed, as lines.</summary>
    Task<string[]> TentativeStory(int amount);

    /// <summary>Raises conditional events from <c>OnStateChanged</c>, once.</summary>
    Task<bool> ChainConditional(int first, int second);
}

[GenerateSerializer]
public sealed record LogReport(
    [property: Id(0)] int Version,
    [property: Id(1)] int Sum,
    [property: Id(2)] int TentativeSum,
    [property: Id(3)] int Unconfirmed,
    [property: Id(4)] List<int> Values,
    [property: Id(5)] Guid Activation,
    [property: Id(6)] int Issues,
    [property: Id(7)] int IssuesResolved,
    [property: Id(8)] string SiloName);
