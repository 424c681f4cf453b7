namespace Orleans.Persist.SiloHost.Demo;

/// <summary>What a demo has seen of one sink.</summary>
internal sealed record DemoSink
{
    /// <summary>The sink's name.</summary>
    public required string Name { get; init; }

    /// <summary>Exports that were durable, in the whole demo.</summary>
    public long Exports { get; init; }

    /// <summary>Exports that were not; the one killed is.</summary>
    public long FailedExports { get; init; }

    /// <summary>Exports that were durable before the kill.</summary>
    public long ExportsBeforeKill { get; init; }

    /// <summary>Whether it lived on another silo than the one killed, and so had nothing to import.</summary>
    public bool Stayed { get; init; }

    /// <summary>The version that its import after the kill covered.</summary>
    public long Imported { get; init; }

    /// <summary>Events replayed to it after the kill.</summary>
    public long Replayed { get; init; }

    /// <summary>Whether its state, imported once more at the end, is that of the plain fold.</summary>
    public bool StateIsRight { get; init; }
}
