using Orleans.Persist.Serialization;

namespace Orleans.Persist.Tests.Grains;

public interface IWalletEvent;

[GenerateSerializer]
[Alias("wallet.deposited")]
public sealed record Deposited([property: Id(0)] int Amount) : IWalletEvent;

[GenerateSerializer]
[EventType("wallet-withdrawn")]
public sealed record Withdrawn([property: Id(0)] int Amount) : IWalletEvent;

[GenerateSerializer]
public sealed record Bonus([property: Id(0)] int Amount) : IWalletEvent;

[GenerateSerializer]
public sealed record Drawn([property: Id(0)] int Number, [property: Id(1)] Guid Id, [property: Id(2)] DateTimeOffset At) : IWalletEvent;

/// <summary>What was stored where <see cref="Deposited"/> and <see cref="Bonus"/> are today.</summary>
[GenerateSerializer]
public sealed record OldDeposit([property: Id(0)] int Amount, [property: Id(1)] int Interest);

/// <summary>No serializer is made for it.</summary>
public sealed record Secret(int Amount) : IWalletEvent;

/// <summary>What a wallet sends another.</summary>
[GenerateSerializer]
public sealed record Credit([property: Id(0)] int Amount);

[GenerateSerializer]
public sealed record Wallet
{
    [Id(0)]
    public int Balance { get; init; }

    [Id(1)]
    public int Events { get; init; }
}
