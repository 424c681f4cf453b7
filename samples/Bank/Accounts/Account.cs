namespace Bank.Accounts;

/// <summary>An account as of its newest event.</summary>
[GenerateSerializer]
internal sealed record Account
{
    [Id(0)]
    public bool IsOpen { get; init; }

    [Id(1)]
    public long Cents { get; init; }

    /// <summary>The newest order that was carried out: its owner numbers them upwards, and repeats one whose answer got lost.</summary>
    [Id(2)]
    public int LastOrder { get; init; }
}
