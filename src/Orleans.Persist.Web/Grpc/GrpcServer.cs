using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Persist.Protocol;
using Orleans.Persist.Scopes;

namespace Orleans.Persist.Web.Grpc;

/// <summary>Serves a scoped store over gRPC on ports of its own: without TLS, HTTP/2 cannot share a port with HTTP/1.1.</summary>
/// <remarks>
/// The certificate for <c>https</c> addresses, and further settings of Kestrel, stand in a configuration section in Kestrel's own format
/// (<c>Certificates:Default:Path</c>, <c>Certificates:Default:KeyPath</c>, <c>Certificates:Default:Password</c>).
/// </remarks>
public sealed class GrpcServer : IHostedService, IAsyncDisposable
{
    private const int StreamWindow = 128 << 10;
    private readonly IReadOnlyList<Uri> _urls;
    private readonly GrpcServiceOptions _options;
    private readonly IConfiguration? _kestrel;
    private readonly ILoggerFactory _loggers;
    private readonly GrpcDispatcher _dispatcher;
    private readonly CancellationTokenSource _stopping = new();
    private WebApplication? _app;

    /// <summary>A server that is to be started.</summary>
    /// <param name="urls">Where it listens, such as <c>http://127.0.0.1:8080</c> or <c>https://127.0.0.1:8443</c>; port 0 for any.</param>
    /// <param name="store">What it serves.</param>
    /// <param name="options">How; the defaults when null.</param>
    /// <param name="kestrel">Kestrel's configuration: certificates; null for none.</param>
    /// <param name="loggerFactory">Where it logs to.</param>
    /// <exception cref="ArgumentException">An address cannot be used; the message says why.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of range; the message names it.</exception>
    public GrpcServer(IEnumerable<string> urls, IScopedStore store, GrpcServiceOptions? options, IConfiguration? kestrel, ILoggerFactory loggerFactory)
    {
        ArgumentNullException.ThrowIfNull(loggerFactory);
        _options = options ?? new GrpcServiceOptions();
        _options.Validate();
        _urls = [.. urls.Select(url => ParseAddress(url, _options))];
        _kestrel = kestrel;
        _loggers = loggerFactory;
        IEnumerable<GrpcMethod> methods =
        [
            .. new ScopedStoreService(store, _options).Methods,
            .. new HealthService([ScopedStoreService.Name, HealthService.Name], _stopping.Token).Methods,
            .. new ReflectionService([EventstoreReflection.Descriptor, HealthReflection.Descriptor]).Methods,
        ];
        _dispatcher = new GrpcDispatcher(methods, _options, loggerFactory.CreateLogger<GrpcServer>(), _stopping.Token);
    }

    /// <summary>Where it listens, with the ports it was given. Empty while it does not run.</summary>
    public IReadOnlyCollection<string> Addresses => _app is null ? [] : [.. _app.Urls];

    /// <summary>Throws where an address cannot be listened at.</summary>
    /// <exception cref="ArgumentException">It cannot; the message says why.</exception>
    public static Uri ParseAddress(string url, GrpcServiceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.PathAndQuery is not "/")
            throw new ArgumentException($"'{url}' is no address such as http://127.0.0.1:8080.");
        if (uri.Host is not "localhost" && !IPAddress.TryParse(uri.DnsSafeHost, out _))
            throw new ArgumentException($"'{url}': the host must be localhost or an IP address, such as 127.0.0.1 or 0.0.0.0.");
        return uri.IsLoopback || options.Token is not null || options.AllowAnonymous
            ? uri
            : throw new ArgumentException($"'{url}' can be reached from other machines: set a {nameof(GrpcServiceOptions.Token)} for callers, or {nameof(GrpcServiceOptions.AllowAnonymous)}.");
    }

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(_loggers);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(Configure);
        var app = builder.Build();
        app.Run(_dispatcher.InvokeAsync);
        try
        {
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await app.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        _app = app;
        _loggers.CreateLogger<GrpcServer>().Serving(string.Join(", ", Addresses));
    }

    /// <summary>Takes no more calls and lets those that run come to their end, as long as the token allows.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        if (_app is not null)
            await _app.StopAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    private void Configure(KestrelServerOptions kestrel)
    {
        if (_kestrel is not null)
            kestrel.Configure(_kestrel);
        kestrel.AddServerHeader = false;

        // A message is bounded by its prefix, before it is read; see GrpcMessages.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.Http2.InitialStreamWindowSize = StreamWindow;
        kestrel.Limits.Http2.InitialConnectionWindowSize = 2 * StreamWindow;
        foreach (var url in _urls)
        {
            if (url.Host is "localhost" && url.Port != 0)
                kestrel.ListenLocalhost(url.Port, Listen);
            else
                kestrel.Listen(url.Host is "localhost" ? IPAddress.Loopback : IPAddress.Parse(url.DnsSafeHost), url.Port, Listen);

            void Listen(ListenOptions listen)
            {
                listen.Protocols = HttpProtocols.Http2;
                if (url.Scheme is "https")
                    listen.UseHttps();
            }
        }
    }
}
