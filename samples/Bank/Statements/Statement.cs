namespace Bank.Statements;

/// <summary>The lines of an account's statement.</summary>
[GenerateSerializer]
internal sealed class Statement
{
    [Id(0)]
    public List<StatementLine> Lines { get; set; } = [];
}

/// <param name="Version">The version of the event in the account.</param>
/// <param name="Recorded">When the journal recorded it.</param>
/// <param name="Order">The order; 0 for the opening.</param>
/// <param name="Other">The other account.</param>
/// <param name="Cents">What came in, or went out where it is negative.</param>
/// <param name="Balance">The balance after it.</param>
[GenerateSerializer]
internal sealed record StatementLine(
    [property: Id(0)] long Version, [property: Id(1)] DateTimeOffset Recorded, [property: Id(2)] int Order, [property: Id(3)] string Other, [property: Id(4)] long Cents, [property: Id(5)] long Balance);
