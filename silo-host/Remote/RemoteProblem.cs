using System.Net;
using System.Text.Json;
using Orleans.Persist.Journal;

namespace Orleans.Persist.SiloHost.Remote;

/// <summary>Turns what a host answers into the errors that the same call on a directory would have given.</summary>
internal static class RemoteProblem
{
    private const int MaxBytes = 64 * 1024;

    /// <summary>Throws where the answer is an error.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="stream">The stream it is about.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task ThrowIfFailedAsync(HttpResponseMessage response, string stream, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode)
            return;
        var host = response.RequestMessage!.RequestUri!.GetLeftPart(UriPartial.Authority);
        var (detail, problem) = await ReadAsync(response, cancellationToken);
        throw response.StatusCode switch
        {
            HttpStatusCode.BadRequest => new ArgumentException(detail),
            HttpStatusCode.Unauthorized => new CommandException($"{host} wants a key; give it with --key or in the environment ({RemoteTarget.KeyVariable})."),
            HttpStatusCode.RequestEntityTooLarge => new AppendTooLargeException(stream, "bytes", response.RequestMessage.Content?.Headers.ContentLength ?? 0, Number(problem, "limit")),
            HttpStatusCode.Gone => new StreamIncarnationException(stream, 0, (int)Number(problem, "incarnation")),
            HttpStatusCode.Conflict when Text(problem, "id") is { } id => new DuplicateEventException(stream, id, Number(problem, "sequence")),
            HttpStatusCode.Conflict when Text(problem, "subject") is { } subject =>
                new SubjectConflictException(stream, new SubjectVersion(subject, Number(problem, "expected")), Number(problem, "actual")),
            HttpStatusCode.ServiceUnavailable => new JournalUnavailableException($"{host}: {detail}"),
            _ => new CommandException($"{host} answers {(int)response.StatusCode}: {detail}"),
        };
    }

    private static async Task<(string Detail, JsonElement? Problem)> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            await response.Content.LoadIntoBufferAsync(MaxBytes, cancellationToken);
            var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(cancellationToken)).RootElement;
            return (Text(problem, "detail") ?? Text(problem, "title") ?? "nothing more", problem);
        }
        catch (Exception e) when (e is JsonException or HttpRequestException or InvalidOperationException)
        {
            return ($"{response.ReasonPhrase} (and no problem document: is it a host of Orleans.Persist?)", null);
        }
    }

    private static string? Text(JsonElement? problem, string name) =>
        problem is { ValueKind: JsonValueKind.Object } o && o.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long Number(JsonElement? problem, string name) =>
        problem is { ValueKind: JsonValueKind.Object } o && o.TryGetProperty(name, out var value) && value.TryGetInt64(out var number) ? number : 0;
}
