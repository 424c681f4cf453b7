using Microsoft.Extensions.Hosting;
using Orleans.Persist.Audit;
using Orleans.Persist.Hosting;
using Orleans.Persist.Sources;

namespace Orleans.Persist.SiloHost.Hosting;

/// <summary>An engine for the time of one command. Disposing of it has every sink export, and closes the directory.</summary>
internal sealed class EngineSession : IAsyncDisposable
{
    /// <summary>How long a stop may take; above the engine's own limit for the exports.</summary>
    public static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(60);

    private readonly IHost _host;

    private EngineSession(IHost host)
    {
        _host = host;
        Engine = host.Services.GetRequiredService<IPersistEngine>();
    }

    /// <summary>The engine, started.</summary>
    public IPersistEngine Engine { get; }

    /// <summary>The audit checkpoints of a source.</summary>
    public AuditTrail Audit(string source) => new(_host.Services.GetRequiredService<PersistEngine>().Storage.Journal, source);

    /// <summary>Starts an engine on a directory, which is created where it is missing.</summary>
    public static async Task<EngineSession> StartAsync(
        EngineSettings settings, Action<PersistBuilder>? configure = null, Func<IStorage, IStorage>? wrap = null, CancellationToken cancellationToken = default)
    {
        DataDirectory.Exists(settings.Data);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = StopTimeout);
        EngineChoice.Add(builder, settings, configure, wrap);
        var host = builder.Build();
        try
        {
            await host.StartOrStopAsync(cancellationToken);
            return new EngineSession(host);
        }
        catch
        {
            await DisposeAsync(host);
            throw;
        }
    }

    /// <summary>Starts an engine on a directory that must be there.</summary>
    /// <exception cref="CommandException">It is not.</exception>
    public static Task<EngineSession> StartOnExistingAsync(EngineSettings settings, CancellationToken cancellationToken) => DataDirectory.Exists(settings.Data)
        ? StartAsync(settings, cancellationToken: cancellationToken)
        : throw new CommandException($"there is no directory '{settings.Data}'. Name the one that holds the events with --data, or fill it with 'silo-host ingest'.");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await DisposeAsync(_host);
    }

    private static ValueTask DisposeAsync(IHost host)
    {
        if (host is IAsyncDisposable disposable)
            return disposable.DisposeAsync();
        host.Dispose();
        return default;
    }
}
