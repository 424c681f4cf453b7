using System.Globalization;
using Azure;
using Azure.Core;
using Orleans.Persist.Journal;

namespace Orleans.Persist.AzureStorage.Rest;

/// <summary>Says what a service refused, where, and what most likely to do about it. Never repeats a query: it may hold a SAS.</summary>
internal static class StorageFailure
{
    private const int LongestMessage = 300;
    private const string Roles = "the roles Storage Table Data Contributor and Storage Blob Data Contributor. ";
    private static readonly TimeSpan AllowedSkew = TimeSpan.FromMinutes(10);

    /// <summary>The exception for a response that no caller had reckoned with.</summary>
    public static JournalUnavailableException Of(HttpMessage message)
    {
        var response = message.Response;
        var code = Code(response);
        var text = $"{Describe(message.Request)}: {response.Status} {code ?? response.ReasonPhrase}. {Advice(message.Request, response, code)}{ServiceText(response)}";
        if (response.Headers.TryGetValue("x-ms-request-id", out var id))
            text += $" (request {id})";
        return new JournalUnavailableException(text, new RequestFailedException(response.Status, text, code, null));
    }

    /// <summary>Method and address of a request.</summary>
    public static string Describe(Request request) => $"{request.Method} {request.Uri.ToUri().GetLeftPart(UriPartial.Path)}";

    /// <summary>The service's error code, or null.</summary>
    public static string? Code(Response response)
    {
        if (response.Headers.TryGetValue("x-ms-error-code", out var code))
            return code;
        return Body(response) is { } body ? Between(body, "\"code\":\"", "\"") ?? Between(body, "<Code>", "</Code>") : null;
    }

    /// <summary>The innermost reason of a failed try.</summary>
    public static string Reason(Exception exception)
    {
        if (exception is AggregateException { InnerExceptions: [.., var last] } all)
            return $"{all.InnerExceptions.Count} tries failed, the last one: {Reason(last)}";
        var inner = exception;
        while (inner is RequestFailedException or HttpRequestException && inner.InnerException is { } deeper)
            inner = deeper;
        return inner.Message.ReplaceLineEndings(" ").TrimEnd('.');
    }

    private static string Advice(Request request, Response response, string? code)
    {
        if (response.Status is 401 or 403 && Skew(response) is { } skew)
            return $"This machine's clock and the service's differ by {skew.TotalMinutes.ToString("0", CultureInfo.InvariantCulture)} minutes; 15 are allowed. ";
        return (response.Status, code) switch
        {
            (403, "AccountIsDisabled") => "The account is disabled. ",
            (403, "AuthorizationFailure") => Refused(request) + "Or the account's network rules keep this machine out. ",
            (403, "KeyBasedAuthenticationNotPermitted") => $"The account does not take keys: sign in with a {nameof(AzureStorageOptions.TokenCredential)}. ",
            (401 or 403, "AuthorizationPermissionMismatch" or "InsufficientAccountPermissions" or "AuthorizationResourceTypeMismatch" or "AuthorizationServiceMismatch") =>
                "The credential is not allowed to do this: a SAS must cover both services, with the permissions rwdlacu for service, container and object; an identity needs " + Roles,
            (401 or 403, _) => Refused(request),
            (404, "TableNotFound") => $"The table does not exist: create it, or set {nameof(AzureStorageOptions.CreateIfMissing)}. ",
            (404, "ContainerNotFound") => $"The container does not exist: create it, or set {nameof(AzureStorageOptions.CreateIfMissing)}. ",
            (404, _) => "There is nothing at this address: is the endpoint right? ",
            (429 or 503, _) => "The service is throttling; all retries were used up. ",
            _ => "",
        };
    }

    /// <summary>What is wrong with the credential, as far as the request tells.</summary>
    private static string Refused(Request request)
    {
        if (Expiry(request) is { } until && until < DateTimeOffset.UtcNow)
            return string.Create(CultureInfo.InvariantCulture, $"The SAS has expired, at {until.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC: give a new one. ");
        if (!request.Headers.TryGetValue("Authorization", out var header))
            return "The SAS is wrong, or the key it was made with has been renewed: give a new one. ";
        return header.StartsWith("Bearer ", StringComparison.Ordinal)
            ? "The token is not accepted: it must be of the account's tenant, and the identity needs " + Roles
            : "The account's key is wrong, or has been renewed: give the one that the account has now. ";
    }

    /// <summary>When the SAS in a request's query expires.</summary>
    private static DateTimeOffset? Expiry(Request request)
    {
        var expiry = request.Uri.Query.TrimStart('?').Split('&').FirstOrDefault(part => part.StartsWith("se=", StringComparison.Ordinal));
        return DateTimeOffset.TryParse(Uri.UnescapeDataString(expiry?[3..] ?? ""), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var until) ? until : null;
    }

    private static TimeSpan? Skew(Response response) =>
        response.Headers.Date is { } date && (DateTimeOffset.UtcNow - date).Duration() is var skew && skew > AllowedSkew ? skew : null;

    private static string ServiceText(Response response)
    {
        if (Body(response) is not { } body || (Between(body, "\"value\":\"", "\"") ?? Between(body, "<Message>", "</Message>")) is not { } said)
            return "";
        var text = said.Split('\n', 2)[0].Split("\\n", 2)[0].Trim();
        return $"The service says: {(text.Length > LongestMessage ? text[..LongestMessage] + "…" : text)}";
    }

    private static string? Between(string text, string before, string behind)
    {
        var at = text.IndexOf(before, StringComparison.Ordinal);
        if (at < 0)
            return null;
        at += before.Length;
        var end = text.IndexOf(behind, at, StringComparison.Ordinal);
        return end < 0 ? null : text[at..end];
    }

    private static string? Body(Response response)
    {
        try
        {
            return response.ContentStream is { CanSeek: true } ? response.Content.ToString() : null;
        }
        catch (InvalidOperationException)
        {
            return null; // the content was not buffered
        }
    }
}
