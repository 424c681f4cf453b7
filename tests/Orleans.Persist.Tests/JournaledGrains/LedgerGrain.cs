using System.Collections.Concurrent;
using System.Globalization;
using Orleans.Persist.JournaledGrains;
using Orleans.Persist.Processes;
using Orleans.Persist.Tests.Grains;
using Orleans.Runtime;

namespace Orleans.Persist.Tests.JournaledGrains;

public class LedgerGrain(ILocalSiloDetails silo) : MessageJournaledGrain<LedgerState>, ILedgerGrain, IRemindable
{
    private readonly Guid _activation = Guid.NewGuid();

    /// <summary>Ledgers that draw more than others.</summary>
    public static ConcurrentDictionary<string, bool> Greedy { get; } = new();

    /// <summary>Ledgers whose timers fail.</summary>
    public static ConcurrentDictionary<string, bool> Stuck { get; } = new();

    public Task<int> Add(int amount) => Task.FromResult(State.Sum += amount);

    public Task<int> Add(string amount) => Task.FromResult(State.Sum += int.Parse(amount, CultureInfo.InvariantCulture));

    public Task Keep(List<int> values)
    {
        State.Kept = values;
        values.Add(99);
        return Task.CompletedTask;
    }

    public Task<Draw> Draw()
    {
        var draw = new Draw(Random.Next(1_000_000), NewGuid(), Now);
        State.Draws.Add(draw);
        return Task.FromResult(draw);
    }

    public Task AddAndThrow(int amount)
    {
        State.Sum += amount;
        throw new InvalidOperationException("thrown by the call");
    }

    public async Task<string> Ask(IOracleGrain oracle, string question)
    {
        var answer = await oracle.Answer(question);
        State.Answers.Add(answer);
        return answer;
    }

    public Task AskAll(IOracleGrain[] oracles)
    {
        return Task.WhenAll(oracles.Select(AskTwice));

        async Task AskTwice(IOracleGrain oracle)
        {
            var first = await oracle.Answer("first");
            await Task.Yield();
            var draw = Random.Next(100);
            State.Answers.Add($"{await oracle.Answer(first)} {draw}");
        }
    }

    public async Task<string> AskInVain(IOracleGrain oracle)
    {
        try
        {
            await oracle.Refuse();
            return "";
        }
        catch (NotAnswerableException e)
        {
            State.Answers.Add(e.Message);
            return e.Message;
        }
    }

    public async Task AskThroughMe(IOracleGrain oracle)
    {
        using var reentrancy = RequestContext.AllowCallChainReentrancy();
        await oracle.CallBack(this.AsReference<ILedgerGrain>());
    }

    public async Task Tell(IOracleGrain oracle, string what, bool thenThrow)
    {
        await oracle.Hear(what);
        if (thenThrow)
            throw new InvalidOperationException("thrown by the call");
    }

    public Task Transfer(IGrainWithStringKey to, int amount)
    {
        State.Sum -= amount;
        Send(to, new Credit(amount));
        return Task.CompletedTask;
    }

    public Task BeImpure()
    {
        State.Sum += Random.Next(100);
        if (Greedy.ContainsKey(this.GetPrimaryKeyString()))
            State.Sum += Random.Next(100);
        return Task.CompletedTask;
    }

    public async Task WaitForTime()
    {
        State.Sum = -1;
        await Task.Delay(TimeSpan.FromMinutes(1));
    }

    public Task StartTimer(string name, TimeSpan due, TimeSpan period)
    {
        SetTimer(name, due, new Ticked(name), period);
        return Task.CompletedTask;
    }

    public Task StopTimer(string name)
    {
        CancelTimer(name);
        return Task.CompletedTask;
    }

    public Task Remind(string name) => this.RegisterOrUpdateReminder(name, TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(1));

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        State.Ticks.Add($"{reminderName} {Now:O}");
        return Task.CompletedTask;
    }

    public Task SaveNow()
    {
        State.Sum++;
        return SaveSnapshot();
    }

    public Task<LedgerReport> Report() => Task.FromResult(new LedgerReport(State, Version, _activation, UnacknowledgedSends, silo.Name));

    public Task<bool> IsReplayable() => CheckReplay();

    public async Task<int> SumAsOf(long version) => (await StateAsOf(version)).State.Sum;

    public Task ChangeInQuery() => Task.FromResult(State = new LedgerState());

    public Task SendInQuery(ILedgerGrain to)
    {
        Send(to, new Credit(1));
        return Task.CompletedTask;
    }

    protected override Task OnMessage(object message)
    {
        switch (message)
        {
            case Credit { Amount: 13 }:
                throw new InvalidOperationException("13 is refused");
            case Credit credit:
                State.Sum += credit.Amount;
                break;
            case Ticked when Stuck.ContainsKey(this.GetPrimaryKeyString()):
                throw new InvalidOperationException("The timer is stuck.");
            case Ticked ticked:
                State.Ticks.Add($"{ticked.Name} {Now:O}");
                break;
        }

        return Task.CompletedTask;
    }

    protected override KernelOptions<LedgerState, JournaledMessage> Configure(KernelOptions<LedgerState, JournaledMessage> options) =>
        options with { AppendAttempts = 2, Snapshots = SnapshotPolicy.Never };
}
