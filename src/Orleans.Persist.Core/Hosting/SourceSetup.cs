namespace Orleans.Persist.Hosting;

/// <summary>A source that a host is configured with. Its options are those of its name.</summary>
internal sealed record SourceSetup(string Source);
