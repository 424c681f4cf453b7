namespace Orleans.Persist.Web.Http;

/// <summary>The sources that have events.</summary>
internal sealed record SourceList(IReadOnlyList<SourceEntry> Sources);
