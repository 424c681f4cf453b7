namespace Orleans.Persist.Web.Http;

/// <summary>A subscription and where it stands.</summary>
/// <param name="Source">The source.</param>
/// <param name="Name">The subscription.</param>
/// <param name="Types">Its condition on types.</param>
/// <param name="Subjects">Its condition on subjects.</param>
/// <param name="SubjectPrefixes">Its condition on groups of subjects.</param>
/// <param name="Tags">Its condition on tags.</param>
/// <param name="LeaseSeconds">How long a lease lasts.</param>
/// <param name="MaxOutstanding">The most events that may be outstanding.</param>
/// <param name="Incarnation">The incarnation of the source.</param>
/// <param name="Settled">Up to here everything is acknowledged.</param>
/// <param name="Next">The next sequence number to look at.</param>
/// <param name="Outstanding">How many were taken and are not acknowledged.</param>
/// <param name="Leased">How many of them somebody has now.</param>
/// <param name="Behind">How many sequence numbers are not settled.</param>
internal sealed record SubscriptionAnswer(
    string Source,
    string Name,
    IReadOnlyList<string>? Types,
    IReadOnlyList<string>? Subjects,
    IReadOnlyList<string>? SubjectPrefixes,
    IReadOnlyList<string>? Tags,
    double LeaseSeconds,
    int MaxOutstanding,
    int Incarnation,
    long Settled,
    long Next,
    int Outstanding,
    int Leased,
    long Behind);
