using Orleans.Persist.Serialization;

namespace Bank.Accounts;

/// <summary>What can happen to an account. All amounts are in cents.</summary>
internal interface IAccountEvent;

[GenerateSerializer, EventType(Opened.Name)]
internal sealed record Opened([property: Id(0)] long Cents) : IAccountEvent
{
    public const string Name = "opened";
}

[GenerateSerializer, EventType(PaidOut.Name)]
internal sealed record PaidOut([property: Id(0)] int Order, [property: Id(1)] string To, [property: Id(2)] long Cents) : IAccountEvent
{
    public const string Name = "paid-out";
}

[GenerateSerializer, EventType(PaidIn.Name)]
internal sealed record PaidIn([property: Id(0)] int Order, [property: Id(1)] string From, [property: Id(2)] long Cents) : IAccountEvent
{
    public const string Name = "paid-in";
}

/// <summary>What one account sends another: stored with <see cref="PaidOut"/> in one append, and taking effect once.</summary>
[GenerateSerializer, Alias("bank.payment")]
internal sealed record Payment([property: Id(0)] int Order, [property: Id(1)] string From, [property: Id(2)] long Cents);
