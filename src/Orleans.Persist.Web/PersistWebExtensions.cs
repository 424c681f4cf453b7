using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Persist.Web.Http;
using Orleans.Persist.Web.Security;

namespace Orleans.Persist.Web;

/// <summary>Adds the web face to a host that has an engine.</summary>
public static class PersistWebExtensions
{
    /// <summary>Where the OpenAPI document is.</summary>
    public const string OpenApiPath = "/openapi.json";

    /// <summary>Adds what the web face needs. An <see cref="Sources.IPersistEngine"/> must be among the services.</summary>
    public static IServiceCollection AddPersistWeb(this IServiceCollection services, Action<PersistWebOptions>? configure = null)
    {
        services.AddOptions<PersistWebOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PersistWebOptions>, PersistWebOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.AddProblemDetails();
        services.AddExceptionHandler<ProblemExceptionHandler>();
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true); // so that it becomes a problem document
        services.TryAddSingleton<LiveRequests>();
        services.TryAddSingleton<SourceHandlers>();
        services.TryAddSingleton<AuditHandlers>();
        services.TryAddSingleton<PublishHandler>();
        services.TryAddSingleton<EventsHandler>();
        services.TryAddSingleton<StateHandler>();
        services.TryAddSingleton<SubscriptionHandlers>();
        services.AddPersistOpenApi();
        if (configure is not null)
            services.Configure(configure);
        return services;
    }

    /// <summary>Checks credentials and turns every error into a problem document (RFC 9457). Comes before the endpoints, whoever's they are.</summary>
    public static WebApplication UsePersistWeb(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages(status => Problem.WriteAsync(status.HttpContext, Problem.Of(status.HttpContext)));
        app.UseRouting();
        app.UseMiddleware<AccessMiddleware>();
        return app;
    }

    /// <summary>Maps the HTTP API: sources, events, states, named subscriptions, the OpenAPI document, and at <c>/</c> a page that shows sources, sinks and live events.</summary>
    public static IEndpointRouteBuilder MapPersistWeb(this IEndpointRouteBuilder routes)
    {
        PersistEndpoints.MapSources(routes);
        PersistEndpoints.MapSubscriptions(routes);
        routes.MapOpenApi(OpenApiPath);
        ConsolePage.Map(routes);
        return routes;
    }
}
