using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Orleans.Persist.Web.Http;

/// <summary>Which handler answers which request.</summary>
internal static class PersistEndpoints
{
    private const string Events = "/sources/{name}/events";

    /// <summary>Maps sources, events and states.</summary>
    public static void MapSources(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/sources", (SourceHandlers sources, CancellationToken cancellationToken) => sources.ListAsync(cancellationToken))
            .WithName("ListSources").WithSummary("The sources that have events.").Produces<SourceList>();
        routes.MapGet("/sources/{name}", (HttpContext context, SourceHandlers sources, string name, CancellationToken cancellationToken) => sources.GetAsync(context, cancellationToken))
            .WithName("GetSource").WithSummary("The state of a source.").Produces<SourceEntry>().ProducesProblem(404);
        routes.MapGet("/sources/{name}/sinks", (HttpContext context, SourceHandlers sources, string name, CancellationToken cancellationToken) => sources.SinksAsync(context, cancellationToken))
            .WithName("ListSinks").WithSummary("What a source knows of its sinks.").Produces<SinkList>().ProducesProblem(404);
        routes.MapPost(Events, (HttpContext context, PublishHandler publish, string name, CancellationToken cancellationToken) => publish.PublishAsync(context, cancellationToken))
            .WithName("PublishEvents").WithSummary("Publishes CloudEvents: one (structured or binary mode) or a batch, all or none. Answers once they are durable.")
            .Produces<PublishAnswer>(201).Produces<PublishAnswer>().ProducesProblem(400).ProducesProblem(409).ProducesProblem(413).ProducesProblem(415).ProducesProblem(503);
        routes.MapGet(
            Events,
            (HttpContext context, EventsHandler events, string name, [AsParameters] EventsParameters parameters, CancellationToken cancellationToken) =>
                events.GetAsync(context, parameters, cancellationToken))
            .WithName("GetEvents").WithSummary("Events of a source: a page, a stream, or live. Live, the header Last-Event-ID continues after that event.")
            .Produces(200, contentType: "application/json", additionalContentTypes: ["application/x-ndjson", "text/event-stream"])
            .ProducesProblem(400).ProducesProblem(404).ProducesProblem(406).ProducesProblem(410);
        routes.MapPost("/sources/{name}/query", (HttpContext context, EventsHandler events, string name, CancellationToken cancellationToken) => events.QueryAsync(context, cancellationToken))
            .WithName("QueryEvents").WithSummary("As GetEvents, with the conditions in the body: for more values than fit into a URL.")
            .Accepts<EventsRequest>("application/json")
            .Produces(200, contentType: "application/json", additionalContentTypes: ["application/x-ndjson", "text/event-stream"])
            .ProducesProblem(400).ProducesProblem(404).ProducesProblem(406).ProducesProblem(410);
        routes.MapPost("/sources/{name}/export", (HttpContext context, SourceHandlers sources, string name, string? sink, CancellationToken cancellationToken) => sources.ExportAsync(context, sink, cancellationToken))
            .WithName("ExportSinks").WithSummary("Has one sink, or all that are online, export now. Answers when the exports have ended; those that failed are told by ListSinks.")
            .Produces<SinkList>().ProducesProblem(404).ProducesProblem(409);
        routes.MapPost(
            "/sources/{name}/checkpoint",
            (HttpContext context, AuditHandlers audit, string name, [Description("The last sequence number it covers; the newest where it is left out.")] long? version, CancellationToken cancellationToken) =>
                audit.TakeAsync(context, version, cancellationToken))
            .WithName("TakeCheckpoint").WithSummary("Takes an audit checkpoint, or finds the one that is there: a hash over every event up to a sequence number. Keep it elsewhere.")
            .Produces(200, contentType: "application/json").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409).ProducesProblem(501);
        routes.MapGet("/sources/{name}/checkpoints", (HttpContext context, AuditHandlers audit, string name, CancellationToken cancellationToken) => audit.ListAsync(context, cancellationToken))
            .WithName("ListCheckpoints").WithSummary("The checkpoints kept beside a source, anchors of truncations included, oldest first.")
            .Produces(200, contentType: "application/json").ProducesProblem(404).ProducesProblem(501);
        routes.MapGet(
            "/sources/{name}/state/{projection}",
            (HttpContext context, StateHandler state, string name, string projection,
                [Description("As of this sequence number, or this moment of the journal's time.")] string? at,
                [FromQuery(Name = "time"), Description("As of this moment of the publishers' time: events that say they happened later are left out.")] string? moment,
                [Description("The aggregate whose events alone are folded.")] string? subject,
                CancellationToken cancellationToken) => state.GetAsync(context, at, moment, subject, cancellationToken))
            .WithName("GetState").WithSummary("The state of a projection, now or at any point in time.")
            .Produces(200, contentType: "application/json").ProducesProblem(400).ProducesProblem(404);
    }

    /// <summary>Maps named subscriptions.</summary>
    public static void MapSubscriptions(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/sources/{name}/subscriptions", (HttpContext context, SubscriptionHandlers handlers, string name, CancellationToken cancellationToken) => handlers.ListAsync(context, cancellationToken))
            .WithName("ListSubscriptions").WithSummary("The names of a source's subscriptions.").Produces<SubscriptionList>();
        var one = routes.MapGroup("/sources/{name}/subscriptions/{subscription}");
        one.MapPut("", (HttpContext context, SubscriptionHandlers handlers, string name, string subscription, CancellationToken cancellationToken) => handlers.CreateAsync(context, cancellationToken))
            .WithName("CreateSubscription").WithSummary("Creates a subscription, or finds it with its place where it is there with the same conditions.")
            .Accepts<SubscriptionRequest>(isOptional: true, "application/json").Produces<SubscriptionAnswer>().ProducesProblem(400).ProducesProblem(409);
        one.MapGet("", (HttpContext context, SubscriptionHandlers handlers, string name, string subscription, CancellationToken cancellationToken) => handlers.GetAsync(context, cancellationToken))
            .WithName("GetSubscription").WithSummary("Where a subscription stands.").Produces<SubscriptionAnswer>().ProducesProblem(404);
        one.MapDelete("", (HttpContext context, SubscriptionHandlers handlers, string name, string subscription, CancellationToken cancellationToken) => handlers.DeleteAsync(context, cancellationToken))
            .WithName("DeleteSubscription").WithSummary("Removes a subscription and its place.").Produces(204).ProducesProblem(404);
        one.MapPost(
            "/take",
            (HttpContext context, SubscriptionHandlers handlers, string name, string subscription,
                [Description("The most events, 100 by default.")] int? max, [Description("How many seconds to wait where there are none, up to 300.")] double? wait,
                CancellationToken cancellationToken) => handlers.TakeAsync(context, max, wait, cancellationToken))
            .WithName("TakeEvents").WithSummary("Takes the next events. They are nobody else's until they are acknowledged or the lease is over.")
            .Produces(200, contentType: "application/json").ProducesProblem(404).ProducesProblem(410).ProducesProblem(503);
        one.MapPost("/ack", (HttpContext context, SubscriptionHandlers handlers, string name, string subscription, CancellationToken cancellationToken) => handlers.AcknowledgeAsync(context, cancellationToken))
            .WithName("AcknowledgeEvents").WithSummary("Says that events have been processed. Answers once that is durable.")
            .Accepts<AcknowledgeRequest>("application/json").Produces<AcknowledgeAnswer>().ProducesProblem(400).ProducesProblem(404).ProducesProblem(410);
        one.MapPost("/release", (HttpContext context, SubscriptionHandlers handlers, string name, string subscription, string lease, CancellationToken cancellationToken) => handlers.ReleaseAsync(context, lease, cancellationToken))
            .WithName("ReleaseLease").WithSummary("Gives what is left of a lease back at once.").Produces(204).ProducesProblem(410);
        one.MapPost("/extend", (HttpContext context, SubscriptionHandlers handlers, string name, string subscription, string lease, CancellationToken cancellationToken) => handlers.ExtendAsync(context, lease, cancellationToken))
            .WithName("ExtendLease").WithSummary("Has a lease begin anew.").Produces<LeaseAnswer>().ProducesProblem(410);
        one.MapPost("/seek", (HttpContext context, SubscriptionHandlers handlers, string name, string subscription, [Description("The sequence number to go on with.")] long to, CancellationToken cancellationToken) => handlers.SeekAsync(context, to, cancellationToken))
            .WithName("SeekSubscription").WithSummary("Moves the place; ends all leases.").Produces<SubscriptionAnswer>().ProducesProblem(404);
    }
}
