using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Persist.Scopes;

namespace Orleans.Persist.Web.Grpc;

/// <summary>Serves the scoped store of a host over gRPC.</summary>
public static class GrpcServiceCollectionExtensions
{
    /// <summary>Serves the host's <see cref="IScopedStore"/> while it runs. Call it after <c>AddPersist</c>, so that the store is open before calls come in and closes after the last one.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="urls">Where to listen, such as <c>http://127.0.0.1:8080</c>.</param>
    /// <param name="configure">Changes the options.</param>
    /// <param name="kestrel">Kestrel's configuration, for certificates; null for none.</param>
    public static IServiceCollection AddScopedStoreGrpc(
        this IServiceCollection services, IReadOnlyCollection<string> urls, Action<GrpcServiceOptions>? configure = null, IConfiguration? kestrel = null)
    {
        ArgumentNullException.ThrowIfNull(urls);
        services.AddOptions<GrpcServiceOptions>();
        if (configure is not null)
            services.Configure(configure);
        services.AddSingleton(provider => new GrpcServer(
            urls,
            provider.GetRequiredService<IScopedStore>(),
            provider.GetRequiredService<IOptions<GrpcServiceOptions>>().Value,
            kestrel,
            provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<GrpcServer>());
        return services;
    }
}
