using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Orleans.Persist.Projections;
using Orleans.Persist.Sources;
using Orleans.Persist.Web.CloudEvents;

namespace Orleans.Persist.Web.Http;

/// <summary><c>GET /sources/{name}/state/{projection}</c>: a state at any point in time (requirement s.9).</summary>
internal sealed class StateHandler(
    IPersistEngine engine, IEnumerable<Projection> projections, IOptions<PersistWebOptions> options, TimeProvider time, StateReader? reader = null)
{
    /// <summary>Answers the request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="at">A sequence number, or a moment of the journal's time.</param>
    /// <param name="moment">A moment of the publishers' time.</param>
    /// <param name="subject">The aggregate whose events alone are folded.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task<IResult> GetAsync(HttpContext context, string? at, string? moment, string? subject, CancellationToken cancellationToken)
    {
        EventsParameters.RefuseOthers(context.Request, "at", "time", "subject");
        var name = SourceRoute.Name(context, "projection");
        var projection = projections.FirstOrDefault(known => known.Name == name)
            ?? throw new RequestException(404, ProblemCodes.NotFound, $"There is no projection '{Shown.Of(name)}'. {Known()}");
        if (reader is null)
            throw new RequestException(501, ProblemCodes.Unavailable, "This host's engine rebuilds no states.");
        var request = Request(at, moment, subject);
        var (source, state) = await Deadline.RunAsync(
            async token =>
            {
                var (known, _) = await SourceRoute.GetKnownAsync(context, engine, token).ConfigureAwait(false);
                return (known, await ReadAsync(known, projection, request, token).ConfigureAwait(false));
            },
            options.Value.RequestTimeout, time, "Ask again: what was folded until now may be kept as snapshots.", cancellationToken).ConfigureAwait(false);
        return Results.Stream(body => WriteAsync(body, source.Name, projection, subject, state, cancellationToken), "application/json");
    }

    private async ValueTask<ProjectedState<ReadOnlyMemory<byte>>> ReadAsync(IEventSource source, Projection projection, StateRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await reader!.ReadSerializedAsync(source, projection, request, cancellationToken).ConfigureAwait(false);
        }
        catch (ArgumentException e)
        {
            throw RequestException.Bad(e.Message, e);
        }
    }

    private static StateRequest Request(string? at, string? time, string? subject)
    {
        var request = new StateRequest { Subject = subject, Time = EventsParameters.Time("time", time) };
        if (at is null)
            return request;
        return long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? request with { Version = version }
            : request with { Recorded = EventsParameters.Time("at", at) };
    }

    private string Known() =>
        projections.Select(projection => $"'{projection.Name}'").Order(StringComparer.Ordinal).ToArray() is { Length: > 0 } names
            ? $"There are: {string.Join(", ", names)}."
            : "This host has none.";

    private static async Task WriteAsync(
        Stream body, string source, Projection projection, string? subject, ProjectedState<ReadOnlyMemory<byte>> state, CancellationToken cancellationToken)
    {
        var json = new Utf8JsonWriter(body);
        await using (json.ConfigureAwait(false))
        {
            json.WriteStartObject();
            json.WriteString("source", source);
            json.WriteString("projection", projection.Name);
            if (subject is not null)
                json.WriteString("subject", subject);
            json.WriteNumber("incarnation", state.Incarnation);
            json.WriteNumber("version", state.Version);
            json.WriteNumber("events", state.Events);
            json.WriteNumber("fromSnapshot", state.FromSnapshot);
            if (CloudEventNames.IsJson(projection.ContentType))
            {
                json.WritePropertyName("state");
                json.WriteRawValue(state.State.Span);
            }
            else
            {
                json.WriteString("contentType", projection.ContentType);
                json.WriteBase64String("stateBase64", state.State.Span);
            }

            json.WriteEndObject();
            await json.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
