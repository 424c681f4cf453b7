using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Orleans.Persist.Journal;
using Orleans.Persist.Projections;
using Orleans.Persist.Sources;
using Orleans.Persist.Subscriptions;
using Orleans.Persist.Web.CloudEvents;

namespace Orleans.Persist.Web.Http;

/// <summary>Problem documents (RFC 9457) for what goes wrong.</summary>
internal static partial class Problem
{
    /// <summary>The document for an exception. What is not foreseen tells nothing of itself.</summary>
    public static ProblemDetails Of(Exception exception) => exception switch
    {
        RequestException e => Make(e.Status, e.Code, e.Message),
        BadHttpRequestException e => Make(e.StatusCode, e.StatusCode == 413 ? ProblemCodes.TooLarge : ProblemCodes.BadRequest, Readable(e.Message)),
        BatchTooLargeException e => Make(413, ProblemCodes.TooLarge, e.Message),
        AppendTooLargeException e => With(Make(413, ProblemCodes.TooLarge, e.Message), ("limit", e.Limit)),
        VersionConflictException e => With(Make(409, ProblemCodes.VersionConflict, e.Message), ("expected", e.Expected.Version), ("actual", e.Actual.Version)),
        SubjectConflictException e => With(
            Make(409, ProblemCodes.VersionConflict, e.Message), ("subject", e.Expected.Subject), ("expected", e.Expected.Version), ("actual", e.Actual)),
        DuplicateEventException e => With(Make(409, ProblemCodes.DuplicateEvent, e.Message), ("id", e.Id), ("sequence", e.Version)),
        StreamIncarnationException e => With(Make(410, ProblemCodes.Gone, e.Message), ("incarnation", e.Actual)),
        SubscriptionGapException e => With(Make(410, ProblemCodes.Gone, e.Message), ("first", e.First)),
        SubscriptionExistsException e => Make(409, ProblemCodes.Conflict, e.Message),
        SubscriptionNotFoundException e => Make(404, ProblemCodes.NotFound, e.Message),
        StateUnavailableException e => Make(404, ProblemCodes.NotFound, e.Message),
        EventGapException e => Make(410, ProblemCodes.Gone, e.Message),
        JournalUnavailableException e => Make(503, ProblemCodes.Unavailable, e.Message),
        TimeoutException e => Make(503, ProblemCodes.Unavailable, e.Message),
        JournalDamagedException e => Make(500, ProblemCodes.Damaged, e.Message),
        _ => Make(500, ProblemCodes.Internal, "Something went wrong that should not have. The host's log says more."),
    };

    /// <summary>The document for an answer that has a status and nothing else: no such path, no such method.</summary>
    public static ProblemDetails Of(HttpContext context) => context.Response.StatusCode switch
    {
        404 => Make(404, ProblemCodes.NotFound, $"There is nothing at {Shown.Of(context.Request.Path)}. {PersistWebExtensions.OpenApiPath} says what there is."),
        405 => Make(405, ProblemCodes.BadRequest, $"{Shown.Of(context.Request.Method)} is not possible here; {context.Response.Headers.Allow} is."),
        415 => Make(415, ProblemCodes.MediaType, $"The body is application/json here, not '{Shown.Of(context.Request.ContentType ?? "")}'."),
        var status => new ProblemDetails { Status = status },
    };

    /// <summary>Writes the document, also to those who would rather have something else.</summary>
    public static Task WriteAsync(HttpContext context, ProblemDetails problem)
    {
        if (problem.Status is 503)
            context.Response.Headers.RetryAfter = "1";
        if (problem.Status is 413)
            context.Response.Headers.Connection = "close"; // what is still to come is not worth reading
        return TypedResults.Problem(problem).ExecuteAsync(context);
    }

    /// <summary>What the framework says of a parameter names types; a client knows names only.</summary>
    private static string Readable(string message) => BadParameter().Match(message) is { Success: true } match
        ? $"The parameter '{JsonNamingPolicy.CamelCase.ConvertName(match.Groups["name"].Value)}' is '{Shown.Of(match.Groups["value"].Value)}', which cannot be read as what it is to be."
        : message;

    [GeneratedRegex("""^Failed to bind parameter "\S+ (?<name>\w+)" from "(?<value>.*)"\.$""", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex BadParameter();

    private static ProblemDetails Make(int status, string code, string detail) => new()
    {
        Status = status,
        Type = ProblemCodes.Prefix + code,
        Title = char.ToUpperInvariant(code[0]) + code[1..].Replace('-', ' '),
        Detail = detail,
    };

    private static ProblemDetails With(ProblemDetails problem, params ReadOnlySpan<(string Name, object Value)> members)
    {
        foreach (var (name, value) in members)
            problem.Extensions[name] = value;
        return problem;
    }
}
