namespace Orleans.Persist.Web.Http;

/// <summary>The kinds of problems: the last part of the <c>type</c> of a problem document, <c>urn:orleans-persist:problem:…</c>. Part of the API.</summary>
internal static class ProblemCodes
{
    public const string Prefix = "urn:orleans-persist:problem:";
    public const string BadRequest = "bad-request";
    public const string Unauthorized = "unauthorized";
    public const string Forbidden = "forbidden";
    public const string BadEvent = "bad-event";
    public const string TooLarge = "too-large";
    public const string MediaType = "media-type";
    public const string SourceNotFound = "source-not-found";
    public const string NotFound = "not-found";
    public const string Conflict = "conflict";
    public const string VersionConflict = "version-conflict";
    public const string DuplicateEvent = "duplicate-event";
    public const string Gone = "gone";
    public const string Busy = "busy";
    public const string Unavailable = "unavailable";
    public const string Damaged = "damaged";
    public const string Internal = "internal";
}
