namespace Orleans.Persist.Web.Http;

/// <summary>A lease that has been extended.</summary>
/// <param name="Lease">Its id.</param>
/// <param name="Until">When it is over now.</param>
internal sealed record LeaseAnswer(string Lease, DateTimeOffset Until);
