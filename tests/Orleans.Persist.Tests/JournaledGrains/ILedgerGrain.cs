using Orleans.Concurrency;

namespace Orleans.Persist.Tests.JournaledGrains;

/// <summary>A message-journaled grain with everything that one can do, and some things that it must not.</summary>
public interface ILedgerGrain : IGrainWithStringKey
{
    Task<int> Add(int amount);

    Task<int> Add(string amount);

    /// <summary>Keeps the list it is given, and adds to it.</summary>
    Task Keep(List<int> values);

    Task<Draw> Draw();

    /// <summary>Changes the state, and throws.</summary>
    Task AddAndThrow(int amount);

    Task<string> Ask(IOracleGrain oracle, string question);

    /// <summary>Asks all at a time, and each again with its answer; what it draws depends on the order.</summary>
    Task AskAll(IOracleGrain[] oracles);

    /// <summary>Is told no, and goes on.</summary>
    Task<string> AskInVain(IOracleGrain oracle);

    Task AskThroughMe(IOracleGrain oracle);

    Task Tell(IOracleGrain oracle, string what, bool thenThrow);

    Task Transfer(IGrainWithStringKey to, int amount);

    /// <summary>Draws as often as something outside says.</summary>
    Task BeImpure();

    Task WaitForTime();

    Task StartTimer(string name, TimeSpan due, TimeSpan period);

    Task StopTimer(string name);

    Task Remind(string name);

    Task SaveNow();

    [ReadOnly]
    Task<LedgerReport> Report();

    [ReadOnly]
    Task<bool> IsReplayable();

    [ReadOnly]
    Task<int> SumAsOf(long version);

    [ReadOnly]
    Task ChangeInQuery();

    [ReadOnly]
    Task SendInQuery(ILedgerGrain to);
}
