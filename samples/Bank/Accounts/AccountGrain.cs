using Orleans.Persist.Grains;
using Orleans.Persist.Processes;

namespace Bank.Accounts;

[GrainType(AccountGrain.Kind)]
internal sealed class AccountGrain : PersistentGrain<Account, IAccountEvent>, IAccountGrain
{
    public const string Kind = "account";

    public Task Open(long cents) => State.IsOpen ? Task.CompletedTask : Persist(new Opened(cents));

    public async Task Pay(int order, string to, long cents)
    {
        if (order <= State.LastOrder)
            return; // it was carried out; only the answer got lost
        if (State.Cents < cents)
            throw new InvalidOperationException($"The balance of {this.GetPrimaryKeyString()} is too low for order {order}.");
        Send(GrainFactory.GetGrain<IAccountGrain>(to), new Payment(order, this.GetPrimaryKeyString(), cents));
        await Persist(new PaidOut(order, to, cents)); // with the message, in one append
    }

    public Task<AccountReport> Report() => Task.FromResult(new AccountReport(State.Cents, Version, UnacknowledgedSends));

    public async Task<long> BalanceAsOf(DateTimeOffset time) => (await StateAsOf(time)).State.Cents;

    public Task<bool> IsItsHistory() => CheckReplay();

    protected override Task OnMessage(object message)
    {
        var (order, from, cents) = (Payment)message;
        return Persist(new PaidIn(order, from, cents));
    }

    protected override Account Apply(Account state, IAccountEvent @event) => @event switch
    {
        Opened opened => state with { IsOpen = true, Cents = opened.Cents },
        PaidOut paid => state with { Cents = state.Cents - paid.Cents, LastOrder = paid.Order },
        PaidIn paid => state with { Cents = state.Cents + paid.Cents },
        _ => throw new InvalidOperationException($"An account knows no {@event.GetType().Name}."),
    };

    protected override KernelOptions<Account, IAccountEvent> Configure(KernelOptions<Account, IAccountEvent> options) =>
        options with { Snapshots = new SnapshotPolicy { EveryEvents = 20 } };
}
