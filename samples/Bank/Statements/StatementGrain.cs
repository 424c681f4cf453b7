using Bank.Accounts;
using Orleans.Persist.Journal;
using Orleans.Persist.Sources;
using Orleans.Serialization;

namespace Bank.Statements;

/// <summary>Listens to the events of one account: an account's stream is a source like any other. It imports what it has exported, and is replayed the rest.</summary>
internal sealed class StatementGrain(Serializer serializer) : EventSinkGrain<Statement>, IStatementGrain
{
    protected override string Source => GrainFactory.GetGrain<IAccountGrain>(this.GetPrimaryKeyString()).GetGrainId().ToString();

    public Task<Statement> Read() => Task.FromResult(State);

    protected override ValueTask ApplyAsync(RecordedEvent @event, CancellationToken cancellationToken)
    {
        var (order, other, cents) = @event.Type switch
        {
            Opened.Name => (0, "", Read<Opened>(@event).Cents),
            PaidOut.Name when Read<PaidOut>(@event) is var paid => (paid.Order, paid.To, -paid.Cents),
            PaidIn.Name when Read<PaidIn>(@event) is var paid => (paid.Order, paid.From, paid.Cents),
            _ => throw new FormatException($"A statement knows no event of the type '{@event.Type}'."),
        };
        var before = State.Lines is [.., var last] ? last.Balance : 0;
        State.Lines.Add(new StatementLine(@event.Version, @event.Recorded, order, other, cents, before + cents));
        return default;
    }

    private T Read<T>(RecordedEvent @event) => serializer.Deserialize<T>(@event.Data) ?? throw new FormatException($"The event {@event} is null.");
}
