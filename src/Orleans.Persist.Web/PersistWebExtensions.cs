using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Persist.Web.Security;

namespace Orleans.Persist.Web;

/// <summary>Adds the web face to a host that has an engine.</summary>
public static class PersistWebExtensions
{
    /// <summary>Adds what the web face needs. An <see cref="Sources.IPersistEngine"/> must be among the services.</summary>
    public static IServiceCollection AddPersistWeb(this IServiceCollection services, Action<PersistWebOptions>? configure = null)
    {
        services.AddOptions<PersistWebOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PersistWebOptions>, PersistWebOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.AddProblemDetails();
        if (configure is not null)
            services.Configure(configure);
        return services;
    }

    /// <summary>Checks credentials and turns every error into a problem document (RFC 9457). Comes before the endpoints, whoever's they are.</summary>
    public static WebApplication UsePersistWeb(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseRouting();
        app.UseMiddleware<AccessMiddleware>();
        return app;
    }
}
