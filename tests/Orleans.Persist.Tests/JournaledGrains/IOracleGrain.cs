using Orleans.Concurrency;

namespace Orleans.Persist.Tests.JournaledGrains;

/// <summary>An ordinary grain that never gives the same answer twice.</summary>
public interface IOracleGrain : IGrainWithStringKey
{
    Task<string> Answer(string question);

    Task Refuse();

    Task CallBack(ILedgerGrain ledger);

    [OneWay]
    Task Hear(string what);

    Task<int> Calls();

    /// <summary>Completes once it has heard so much.</summary>
    Task<List<string>> Heard(int count);
}
