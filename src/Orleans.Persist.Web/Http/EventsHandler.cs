using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Persist.Sources;

namespace Orleans.Persist.Web.Http;

/// <summary><c>GET /sources/{name}/events</c>: as a page in JSON, as NDJSON or live as server-sent events, whichever is accepted.</summary>
internal sealed class EventsHandler(
    IPersistEngine engine, IOptions<PersistWebOptions> options, TimeProvider time, LiveRequests live, ILogger<EventsHandler> logger)
{
    /// <summary>The incarnation of the source that a stream is of.</summary>
    public const string IncarnationHeader = "Persist-Incarnation";

    /// <summary><c>POST /sources/{name}/query</c>: the same, with the conditions in the body.</summary>
    public async Task QueryAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var request = await JsonBody.ReadAsync(context, WebJson.Default.EventsRequest, cancellationToken).ConfigureAwait(false) ?? new EventsRequest();
        await AnswerAsync(context, request.ToParameters(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Answers the request.</summary>
    public Task GetAsync(HttpContext context, EventsParameters parameters, CancellationToken cancellationToken)
    {
        EventsParameters.RefuseOthers(context.Request, EventsParameters.Names);
        return AnswerAsync(context, parameters, cancellationToken);
    }

    private async Task AnswerAsync(HttpContext context, EventsParameters parameters, CancellationToken cancellationToken)
    {
        var query = parameters.ToQuery();
        switch (Accepted.Of(context.Request))
        {
            case ResponseFormat.Json:
                await PageAsync(context, parameters, query, cancellationToken).ConfigureAwait(false);
                break;
            case ResponseFormat.Ndjson:
                RefuseCursor(parameters);
                await NdjsonAsync(context, query with { Limit = parameters.StreamLimit }, cancellationToken).ConfigureAwait(false);
                break;
            case ResponseFormat.ServerSentEvents:
                RefuseCursor(parameters);
                await LiveAsync(context, query with { Limit = parameters.StreamLimit }, cancellationToken).ConfigureAwait(false);
                break;
            default:
                throw new RequestException(406, ProblemCodes.MediaType, "Events are given as application/json, application/x-ndjson or text/event-stream.");
        }
    }

    private async Task PageAsync(HttpContext context, EventsParameters parameters, EventQuery query, CancellationToken cancellationToken)
    {
        var size = parameters.PageSize(options.Value);
        var page = await Deadline.RunAsync(
            async token =>
            {
                var (source, _) = await SourceRoute.GetKnownAsync(context, engine, token).ConfigureAwait(false);
                return await QueryAsync(source, query, parameters.Cursor, size, token).ConfigureAwait(false);
            },
            options.Value.RequestTimeout, time, "Ask again, or for less.", cancellationToken).ConfigureAwait(false);
        await PageWriter.WriteAsync(context.Response, page, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<EventPage> QueryAsync(IEventSource source, EventQuery query, string? cursor, int size, CancellationToken cancellationToken)
    {
        try
        {
            return await source.QueryPageAsync(query, cursor, size, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            throw RequestException.Bad(e.Message, e);
        }
    }

    private async Task NdjsonAsync(HttpContext context, EventQuery query, CancellationToken cancellationToken)
    {
        var (source, head) = await SourceRoute.GetKnownAsync(context, engine, cancellationToken).ConfigureAwait(false);
        context.Response.Headers[IncarnationHeader] = head.Incarnation.ToString(System.Globalization.CultureInfo.InvariantCulture);
        await GuardAsync(context, () => NdjsonWriter.WriteAsync(context.Response, source.QueryAsync(query, cancellationToken), cancellationToken)).ConfigureAwait(false);
    }

    private async Task LiveAsync(HttpContext context, EventQuery query, CancellationToken cancellationToken)
    {
        if (query.Backward || query.ToVersion is not null)
            throw RequestException.Bad("A live stream goes forward and has no end: leave out 'backward' and 'to'.");
        using var slot = live.Enter();
        var (source, head) = await SourceRoute.GetKnownAsync(context, engine, cancellationToken).ConfigureAwait(false);
        if (LastEventId.Of(context.Request) is { } last)
        {
            if (last.Incarnation != head.Incarnation)
                throw new RequestException(410, ProblemCodes.Gone, $"The source was deleted since Last-Event-ID '{last}'; it is in incarnation {head.Incarnation} now. Begin anew, without that header.");
            query = query with { FromVersion = last.Version + 1 };
        }

        var writer = new ServerSentEventWriter(context.Response, options.Value.KeepAlive, time);
        await GuardAsync(context, () => writer.WriteAsync(source.SubscribeAsync(query, cancellationToken), cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>Once an answer has begun, an error can only break it off: the client must not take it for whole.</summary>
    private async Task GuardAsync(HttpContext context, Func<Task> write)
    {
        try
        {
            await write().ConfigureAwait(false);
        }
        catch (Exception e) when (context.Response.HasStarted)
        {
            if (!context.RequestAborted.IsCancellationRequested)
                logger.StreamBroken(e, context.Request.Path);
            context.Abort();
        }
    }

    private static void RefuseCursor(EventsParameters parameters)
    {
        if (parameters.Cursor is not null)
            throw RequestException.Bad("A cursor leads to the next page in JSON; a stream has no pages. Say 'from' to go on with a sequence number.");
    }
}
