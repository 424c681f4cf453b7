using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Orleans.Persist.Sources;
using Orleans.Persist.Subscriptions;
using Orleans.Persist.Web.CloudEvents;

namespace Orleans.Persist.Web.Http;

/// <summary>Named subscriptions: <c>/sources/{name}/subscriptions/{subscription}</c>.</summary>
internal sealed class SubscriptionHandlers(
    IPersistEngine engine, IOptions<PersistWebOptions> options, TimeProvider time, LiveRequests live, INamedSubscriptions? subscriptions = null)
{
    private const int DefaultTake = 100;
    private const string Again = "Ask again.";

    private INamedSubscriptions Subscriptions => subscriptions ?? throw new RequestException(501, ProblemCodes.Unavailable, "This host's engine has no named subscriptions.");

    /// <summary><c>PUT</c>: creates it, or finds it.</summary>
    public async Task<IResult> CreateAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var request = await JsonBody.ReadAsync(context, WebJson.Default.SubscriptionRequest, cancellationToken).ConfigureAwait(false) ?? new SubscriptionRequest();
        var answer = await BoundedAsync(
            async token =>
            {
                var source = await SourceRoute.GetAsync(context, engine, token).ConfigureAwait(false);
                var head = await source.GetHeadAsync(token).ConfigureAwait(false);
                var created = await Subscriptions.CreateAsync(source.Name, Name(context), request.ToDefinition(head.Version), token).ConfigureAwait(false);
                return await AnswerAsync(created, token).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        return TypedResults.Json(answer, WebJson.Default.SubscriptionAnswer);
    }

    /// <summary><c>GET</c>: where it stands.</summary>
    public async Task<IResult> GetAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var answer = await BoundedAsync(
            async token => await AnswerAsync(await FindAsync(context, token).ConfigureAwait(false), token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        return TypedResults.Json(answer, WebJson.Default.SubscriptionAnswer);
    }

    /// <summary><c>GET /sources/{name}/subscriptions</c>.</summary>
    public async Task<IResult> ListAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var source = SourceRoute.Name(context, "name");
        var names = await BoundedAsync(
            async token =>
            {
                var list = new List<string>();
                await foreach (var name in Subscriptions.ListAsync(source, token).ConfigureAwait(false))
                    list.Add(name);
                list.Sort(StringComparer.Ordinal);
                return list;
            },
            cancellationToken).ConfigureAwait(false);
        return TypedResults.Json(new SubscriptionList(source, names), WebJson.Default.SubscriptionList);
    }

    /// <summary><c>DELETE</c>.</summary>
    public async Task<IResult> DeleteAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var deleted = await BoundedAsync(
            async token => await Subscriptions.DeleteAsync(SourceRoute.Name(context, "name"), Name(context), token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        return deleted ? TypedResults.NoContent() : throw NotFound(context);
    }

    /// <summary><c>POST …/take</c>: the next events, or none when the wait is over.</summary>
    public async Task TakeAsync(HttpContext context, int? max, double? wait, CancellationToken cancellationToken)
    {
        if (max is < 1)
            throw RequestException.Bad($"'max' is {max}; it must be 1 or more.");
        if (wait is not null and not >= 0)
            throw RequestException.Bad("'wait' is a number of seconds, 0 or more.");
        var patience = TimeSpan.FromSeconds(Math.Min(wait ?? 0, INamedSubscription.MaxWait.TotalSeconds));
        using var slot = live.Enter();
        var subscription = await FindAsync(context, cancellationToken).ConfigureAwait(false);
        var lease = await subscription.TakeAsync(Math.Min(max ?? DefaultTake, options.Value.MaxPageEvents), patience, cancellationToken).ConfigureAwait(false);
        try
        {
            await LeaseWriter.WriteAsync(context.Response, lease, cancellationToken).ConfigureAwait(false);
        }
        catch when (lease.Events.Count > 0)
        {
            await subscription.ReleaseAsync(lease.Id, CancellationToken.None).ConfigureAwait(false); // the reader has not got them
            throw;
        }
    }

    /// <summary><c>POST …/ack</c>.</summary>
    public async Task<IResult> AcknowledgeAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var request = await JsonBody.ReadAsync(context, WebJson.Default.AcknowledgeRequest, cancellationToken).ConfigureAwait(false)
            ?? throw RequestException.Bad("The body says which events: {\"incarnation\": 1, \"versions\": [1, 2, 3]}.");
        var count = await BoundedAsync(
            async token => await (await FindAsync(context, token).ConfigureAwait(false)).AcknowledgeAsync(request.Incarnation, request.Versions, token).ConfigureAwait(false),
            cancellationToken).ConfigureAwait(false);
        return TypedResults.Json(new AcknowledgeAnswer(count), WebJson.Default.AcknowledgeAnswer);
    }

    /// <summary><c>POST …/release</c>.</summary>
    public async Task<IResult> ReleaseAsync(HttpContext context, string lease, CancellationToken cancellationToken) =>
        await (await FindAsync(context, cancellationToken).ConfigureAwait(false)).ReleaseAsync(lease, cancellationToken).ConfigureAwait(false)
            ? TypedResults.NoContent()
            : throw LeaseOver(lease);

    /// <summary><c>POST …/extend</c>.</summary>
    public async Task<IResult> ExtendAsync(HttpContext context, string lease, CancellationToken cancellationToken)
    {
        var subscription = await FindAsync(context, cancellationToken).ConfigureAwait(false);
        var until = await subscription.ExtendAsync(lease, cancellationToken).ConfigureAwait(false) ?? throw LeaseOver(lease);
        return TypedResults.Json(new LeaseAnswer(lease, until), WebJson.Default.LeaseAnswer);
    }

    /// <summary><c>POST …/seek</c>.</summary>
    public async Task<IResult> SeekAsync(HttpContext context, long to, CancellationToken cancellationToken)
    {
        if (to < 1)
            throw RequestException.Bad($"'to' is {to}; it must be 1 or more.");
        var answer = await BoundedAsync(
            async token =>
            {
                var subscription = await FindAsync(context, token).ConfigureAwait(false);
                await subscription.SeekAsync(to, token).ConfigureAwait(false);
                return await AnswerAsync(subscription, token).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        return TypedResults.Json(answer, WebJson.Default.SubscriptionAnswer);
    }

    private static string Name(HttpContext context) => SourceRoute.Name(context, "subscription");

    private static RequestException NotFound(HttpContext context) => new(
        404, ProblemCodes.NotFound, $"Source '{Shown.Of(SourceRoute.Name(context, "name"))}' has no subscription '{Shown.Of(Name(context))}'. Create it with PUT.");

    private static RequestException LeaseOver(string lease) => new(
        410, ProblemCodes.Gone, $"The lease '{Shown.Of(lease)}' is over, or everything in it is acknowledged.");

    private static async Task<SubscriptionAnswer> AnswerAsync(INamedSubscription subscription, CancellationToken cancellationToken)
    {
        var (definition, status) = (subscription.Definition, await subscription.GetStatusAsync(cancellationToken).ConfigureAwait(false));
        return new SubscriptionAnswer(
            subscription.Source, subscription.Name, definition.Types, definition.Subjects, definition.SubjectPrefixes, definition.Tags,
            definition.LeaseTime.TotalSeconds, definition.MaxOutstanding,
            status.Incarnation, status.Settled, status.Next, status.Outstanding, status.Leased, status.Behind);
    }

    private async Task<INamedSubscription> FindAsync(HttpContext context, CancellationToken cancellationToken)
    {
        try
        {
            return await Subscriptions.FindAsync(SourceRoute.Name(context, "name"), Name(context), cancellationToken).ConfigureAwait(false) ?? throw NotFound(context);
        }
        catch (ArgumentException e)
        {
            throw RequestException.Bad(e.Message, e);
        }
    }

    /// <summary>Within the time of a request; names and definitions that break a rule are the client's fault.</summary>
    private async Task<T> BoundedAsync<T>(Func<CancellationToken, Task<T>> action, CancellationToken cancellationToken)
    {
        try
        {
            return await Deadline.RunAsync(action, options.Value.RequestTimeout, time, Again, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw RequestException.Bad(e.Message, e);
        }
    }
}
