using System.Text;
using Microsoft.AspNetCore.Http;
using Orleans.Persist.Audit;
using Orleans.Persist.Sources;

namespace Orleans.Persist.Web.Http;

/// <summary>The audit checkpoints of a source (requirement s.8). They are given unsigned as they are taken: the key stays with whoever keeps them.</summary>
internal sealed class AuditHandlers(IPersistEngine engine)
{
    /// <summary><c>POST /sources/{name}/checkpoint</c>: takes a checkpoint. It may have to read every event, so it has no time limit but the caller's.</summary>
    public async Task<IResult> TakeAsync(HttpContext context, long? version, CancellationToken cancellationToken)
    {
        var trail = await TrailAsync(context, cancellationToken).ConfigureAwait(false);
        try
        {
            var checkpoint = await trail.TakeAsync(version, key: null, cancellationToken).ConfigureAwait(false);
            return TypedResults.Text(checkpoint!.ToJson(), "application/json", Encoding.UTF8);
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw RequestException.Bad($"There is no version {version} to take a checkpoint of.", e);
        }
        catch (InvalidOperationException e)
        {
            throw new RequestException(409, ProblemCodes.Conflict, e.Message, e);
        }
    }

    /// <summary><c>GET /sources/{name}/checkpoints</c>: those kept beside the source, oldest first.</summary>
    public async Task<IResult> ListAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var trail = await TrailAsync(context, cancellationToken).ConfigureAwait(false);
        var list = new StringBuilder("{\"checkpoints\":[");
        var first = true;
        await foreach (var checkpoint in trail.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            list.Append(first ? "" : ",").Append(checkpoint.ToJson());
            first = false;
        }

        return TypedResults.Text(list.Append("]}").ToString(), "application/json", Encoding.UTF8);
    }

    private async ValueTask<AuditTrail> TrailAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var (source, _) = await SourceRoute.GetKnownAsync(context, engine, cancellationToken).ConfigureAwait(false);
        return source.Audit ?? throw new RequestException(501, ProblemCodes.Unavailable, $"Checkpoints of source '{CloudEvents.Shown.Of(source.Name)}' cannot be taken through this host.");
    }
}
