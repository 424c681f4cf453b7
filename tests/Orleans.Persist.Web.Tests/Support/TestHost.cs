using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Persist.Hosting;
using Orleans.Persist.Memory;
using Orleans.Persist.Sources;

namespace Orleans.Persist.Web.Tests.Support;

/// <summary>The web face on Kestrel, on a free port of loopback.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly WebApplication _app;

    private TestHost(WebApplication app)
    {
        _app = app;
        Url = new Uri(app.Urls.Single());
        // A client that does not wait for 100-continue as long as a busy machine takes sends its body unasked.
        Client = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = Patience }) { BaseAddress = Url, Timeout = Patience };
    }

    public Uri Url { get; }

    public HttpClient Client { get; }

    public PersistEngine Engine => _app.Services.GetRequiredService<PersistEngine>();

    public static async Task<TestHost> StartAsync(
        Action<PersistWebOptions>? configure = null, Action<PersistBuilder>? persist = null, TimeProvider? time = null, IStorage? storage = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRouting();
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.None));
        if (time is not null)
            builder.Services.AddSingleton(time);
        builder.Services.AddPersist(engine =>
        {
            engine.UseStorage((_, _) => new(storage ?? new MemoryStorage(time)));
            persist?.Invoke(engine);
        });
        builder.Services.AddPersistWeb(configure);
        var app = builder.Build();
        app.UsePersistWeb();
        app.MapPersistWeb();
        await app.StartAsync().WaitAsync(Patience);
        return new TestHost(app);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        using var patience = new CancellationTokenSource(Patience);
        await _app.StopAsync(patience.Token);
        await _app.DisposeAsync();
    }
}
