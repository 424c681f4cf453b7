using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Orleans.Persist.Sources;

namespace Orleans.Persist.Web.Http;

/// <summary>Which sources there are, and their sinks.</summary>
internal sealed class SourceHandlers(IPersistEngine engine, IOptions<PersistWebOptions> options, TimeProvider time)
{
    private const string Again = "Ask again.";

    /// <summary><c>GET /sources</c>: in the order of their names.</summary>
    public async Task<IResult> ListAsync(CancellationToken cancellationToken)
    {
        var sources = await Deadline.RunAsync(ReadAsync, options.Value.RequestTimeout, time, Again, cancellationToken).ConfigureAwait(false);
        return TypedResults.Json(new SourceList(sources), WebJson.Default.SourceList);
    }

    /// <summary><c>GET /sources/{name}</c>.</summary>
    public async Task<IResult> GetAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var (source, head) = await Deadline.RunAsync(
            token => SourceRoute.GetKnownAsync(context, engine, token).AsTask(), options.Value.RequestTimeout, time, Again, cancellationToken).ConfigureAwait(false);
        return TypedResults.Json(new SourceEntry(source.Name, head.Incarnation, head.Version, head.FirstVersion, head.Recorded), WebJson.Default.SourceEntry);
    }

    /// <summary><c>GET /sources/{name}/sinks</c>.</summary>
    public async Task<IResult> SinksAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var answer = await Deadline.RunAsync(
            async token =>
            {
                var (source, head) = await SourceRoute.GetKnownAsync(context, engine, token).ConfigureAwait(false);
                return new SinkList(source.Name, head.Version, await source.GetSinksAsync(token).ConfigureAwait(false));
            },
            options.Value.RequestTimeout, time, Again, cancellationToken).ConfigureAwait(false);
        return TypedResults.Json(answer, WebJson.Default.SinkList);
    }

    /// <summary><c>POST /sources/{name}/export</c>.</summary>
    public async Task<IResult> ExportAsync(HttpContext context, string? sink, CancellationToken cancellationToken)
    {
        var (source, _) = await SourceRoute.GetKnownAsync(context, engine, cancellationToken).ConfigureAwait(false);
        try
        {
            // Exports have a time limit of their own.
            await source.ExportAsync(sink, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidOperationException e)
        {
            throw new RequestException(409, ProblemCodes.Conflict, e.Message, e);
        }

        return await SinksAsync(context, cancellationToken).ConfigureAwait(false);
    }

    private async Task<List<SourceEntry>> ReadAsync(CancellationToken cancellationToken)
    {
        var sources = new List<SourceEntry>();
        await foreach (var name in engine.ListSourcesAsync(cancellationToken).ConfigureAwait(false))
        {
            var source = await engine.GetSourceAsync(name, cancellationToken).ConfigureAwait(false);
            var head = await source.GetHeadAsync(cancellationToken).ConfigureAwait(false);
            sources.Add(new SourceEntry(name, head.Incarnation, head.Version, head.FirstVersion, head.Recorded));
        }

        sources.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        return sources;
    }
}
