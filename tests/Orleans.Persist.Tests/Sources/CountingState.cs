namespace Orleans.Persist.Tests.Sources;

/// <summary>What a counting sink has seen.</summary>
[GenerateSerializer]
public sealed class CountingState
{
    /// <summary>The versions applied, in the order in which they were.</summary>
    [Id(0)]
    public List<long> Versions { get; set; } = [];

    /// <summary>The ids of the events, likewise.</summary>
    [Id(1)]
    public List<string> Ids { get; set; } = [];
}
