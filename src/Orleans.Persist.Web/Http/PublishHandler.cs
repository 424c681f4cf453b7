using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Orleans.Persist.Journal;
using Orleans.Persist.Sources;

namespace Orleans.Persist.Web.Http;

/// <summary><c>POST /sources/{name}/events</c>: answers once the events are durable.</summary>
internal sealed class PublishHandler(IPersistEngine engine, IOptions<PersistWebOptions> options, TimeProvider time)
{
    /// <summary>Publishes the events of a request, all or none (requirement s.1).</summary>
    public async Task<IResult> PublishAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var source = await SourceRoute.GetAsync(context, engine, cancellationToken).ConfigureAwait(false);
        using var body = await RequestBody.ReadAsync(context, options.Value.MaxBodyBytes, cancellationToken).ConfigureAwait(false);
        var events = EventBatch.Read(context.Request, body.Bytes, options.Value.MaxBatchEvents);
        if (events.Length == 0)
            throw new RequestException(400, ProblemCodes.BadEvent, "The batch has no events.");
        var publish = Expectations.Read(context.Request, events);
        var result = await Deadline.RunAsync(
            token => AppendAsync(source, events, publish, token), options.Value.RequestTimeout, time,
            "The events may have been stored: send them again, with the same ids, to find out.", cancellationToken).ConfigureAwait(false);
        return TypedResults.Json(
            new PublishAnswer(source.Name, result.Incarnation, result.FirstVersion, result.LastVersion, result.Recorded, result.Duplicate),
            WebJson.Default.PublishAnswer, statusCode: result.Duplicate ? StatusCodes.Status200OK : StatusCodes.Status201Created);
    }

    private static async Task<AppendResult> AppendAsync(IEventSource source, EventData[] events, PublishOptions options, CancellationToken cancellationToken)
    {
        try
        {
            return await source.PublishAsync(events, options, cancellationToken).ConfigureAwait(false);
        }
        catch (ArgumentException e)
        {
            throw new RequestException(400, ProblemCodes.BadEvent, e.Message, e);
        }
        catch (NotSupportedException e)
        {
            throw RequestException.Bad(e.Message, e);
        }
    }
}
