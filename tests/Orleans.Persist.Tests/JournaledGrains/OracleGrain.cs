using Orleans.Concurrency;

namespace Orleans.Persist.Tests.JournaledGrains;

[Reentrant]
public sealed class OracleGrain : Grain, IOracleGrain
{
    private readonly List<string> _heard = [];
    private TaskCompletionSource _hearing = new();
    private int _calls;

    public Task<string> Answer(string question) => Task.FromResult($"{question}, {++_calls}");

    public Task Refuse()
    {
        _calls++;
        throw new NotAnswerableException("That is not for you to know.");
    }

    public Task CallBack(ILedgerGrain ledger) => ledger.Add(1);

    public Task Hear(string what)
    {
        _heard.Add(what);
        _hearing.SetResult();
        _hearing = new TaskCompletionSource();
        return Task.CompletedTask;
    }

    public Task<int> Calls() => Task.FromResult(_calls);

    public async Task<List<string>> Heard(int count)
    {
        while (_heard.Count < count)
            await _hearing.Task;
        return [.. _heard];
    }
}
