using System.Text.Json.Serialization;
using Orleans.Persist.Processes;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.TestKit.Tests.Processes;

internal interface IAccountEvent;

[EventType("deposited")]
internal sealed record Deposited(decimal Amount) : IAccountEvent;

[EventType("withdrawn")]
internal sealed record Withdrawn(decimal Amount, DateTimeOffset At) : IAccountEvent;

[EventType("shared")]
internal sealed record SharedWith(List<string> Names) : IAccountEvent;

internal sealed record Deposit(decimal Amount);

internal sealed record Withdraw(decimal Amount);

internal sealed record ShareWith(params string[] Names);

internal sealed record RemindIn(TimeSpan Time);

internal sealed record Remind;

internal sealed record Balance
{
    public decimal Amount { get; set; }

    public List<string> Owners { get; init; } = [];

    [JsonIgnore]
    public bool IsEmpty => Amount == 0;
}

internal sealed class Account : PersistentProcess<Balance, IAccountEvent>
{
    public static readonly ProcessId Bank = new("bank", "main");

    protected override async ValueTask<object?> HandleAsync(object command)
    {
        switch (command)
        {
            case Deposit deposit:
                await Persist(new Deposited(deposit.Amount));
                break;
            case Withdraw withdraw when withdraw.Amount > State.Amount:
                throw new InvalidOperationException($"There are only {State.Amount}.");
            case Withdraw withdraw:
                Send(Bank, new Withdraw(withdraw.Amount));
                await Persist(new Withdrawn(withdraw.Amount, Now));
                break;
            case ShareWith share:
                _ = Persist(new SharedWith([.. share.Names]));
                break;
            case RemindIn remind:
                SetTimer("remind", remind.Time, new Remind());
                break;
            case Remind when State.IsEmpty:
                throw new InvalidOperationException("Nothing to remind of.");
            case Remind:
                Send(Bank, new Remind());
                break;
        }

        return State.Amount;
    }

    protected override Balance Apply(Balance state, IAccountEvent @event)
    {
        switch (@event)
        {
            case Deposited deposited:
                state.Amount += deposited.Amount;
                break;
            case Withdrawn withdrawn:
                state.Amount -= withdrawn.Amount;
                break;
            case SharedWith shared:
                state.Owners.AddRange(shared.Names);
                break;
        }

        return state;
    }
}
