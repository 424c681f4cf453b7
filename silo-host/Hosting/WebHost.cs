using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Orleans.Persist.SiloHost.Sinks;
using Orleans.Persist.Web;
using Orleans.Persist.Web.Security;

namespace Orleans.Persist.SiloHost.Hosting;

/// <summary>The host of <c>run</c>: engine, configured sources and sinks, health and the web face, on Kestrel.</summary>
internal static class WebHost
{
    /// <summary>The tag of the checks that readiness consists of.</summary>
    public const string ReadyTag = "ready";

    /// <summary>Builds it.</summary>
    /// <param name="settings">What the command line says.</param>
    /// <param name="sources">The names of the configured sources.</param>
    /// <exception cref="UsageException">The configuration is wrong.</exception>
    public static WebApplication Build(RunSettings settings, out IReadOnlyList<string> sources)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ApplicationName = "silo-host" });
        builder.Configuration.AddInMemoryCollection(settings.Settings.Select(setting => setting.Split('=', 2)).Select(pair => KeyValuePair.Create(pair[0], (string?)pair[1])));
        var web = WebConfiguration.Read(builder.Configuration, settings.Urls);
        var started = false;
        Log(builder, settings.Verbose, () => started);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = web.MaxBodyBytes;
            foreach (var address in settings.Urls)
                address.Apply(kestrel, HttpProtocols.Http1);
        });
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = EngineSession.StopTimeout);
        IReadOnlyList<string> names = [];
        EngineChoice.Add(builder, settings.Engine, persist =>
        {
            names = SourcesConfiguration.Apply(persist, builder.Configuration);
            HostSinks.AddProjections(persist);
            GrpcHosting.AddStore(persist, settings.GrpcUrls, builder.Configuration);
        });
        GrpcHosting.Serve(builder.Services, settings.GrpcUrls, builder.Configuration);
        builder.Services.AddPersistWeb(options => WebConfiguration.Copy(web, options));
        var app = builder.Build();
        app.Lifetime.ApplicationStarted.Register(() => started = true);
        app.UsePersistWeb();
        app.MapPersistWeb();
        MapHealth(app);
        sources = names;
        return app;
    }

    private static void Log(WebApplicationBuilder builder, bool verbose, Func<bool> started)
    {
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Logging.SetMinimumLevel(verbose ? LogLevel.Information : LogLevel.Warning);
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(options => options.LogToStandardErrorThreshold = LogLevel.Trace);
        if (verbose)
            return;

        // A start that fails is told in one line, see Failure.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.None);
        builder.Logging.AddFilter("Orleans.Runtime.Silo", LogLevel.None);

        // The first check of Orleans' watchdog (10.4.2) compares with no time at all, and takes the machine's uptime for a stall.
        builder.Logging.AddFilter("Orleans.Runtime.Watchdog", level => level > LogLevel.Warning || started());
    }

    /// <summary>Open to all, for whoever watches over the process; what is wrong is told only to those who are let in.</summary>
    private static void MapHealth(WebApplication app)
    {
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false }).WithMetadata(new OpenToAllAttribute());
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = IsReady, ResponseWriter = WriteStatus }).WithMetadata(new OpenToAllAttribute());
        app.MapHealthChecks("/health", new HealthCheckOptions { Predicate = IsReady, ResponseWriter = WriteProblems });

        static bool IsReady(HealthCheckRegistration check) => check.Tags.Contains(ReadyTag);

        Task WriteStatus(HttpContext context, HealthReport report) =>
            app.Services.GetRequiredService<IOptions<PersistWebOptions>>().Value.ApiKeys.Count > 0
                ? context.Response.WriteAsync(report.Status.ToString(), context.RequestAborted)
                : WriteProblems(context, report);

        static Task WriteProblems(HttpContext context, HealthReport report) => context.Response.WriteAsync(
            string.Join('\n', report.Entries.Values.Select(entry => entry.Description).OfType<string>().Prepend(report.Status.ToString())), context.RequestAborted);
    }
}
