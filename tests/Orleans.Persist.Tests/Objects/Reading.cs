namespace Orleans.Persist.Tests.Objects;

[GenerateSerializer]
public sealed record Reading([property: Id(0)] DateTimeOffset Time, [property: Id(1)] int Value);
