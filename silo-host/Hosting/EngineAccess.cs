using Orleans.Persist.SiloHost.Remote;
using Orleans.Persist.Sources;

namespace Orleans.Persist.SiloHost.Hosting;

/// <summary>An engine for the time of one command, in this process or in a running host.</summary>
internal sealed class EngineAccess : IAsyncDisposable
{
    private readonly EngineSession? _session;
    private readonly RemoteEngine? _remote;

    private EngineAccess(EngineSession? session, RemoteEngine? remote) => (_session, _remote) = (session, remote);

    /// <summary>The engine.</summary>
    public IPersistEngine Engine => _remote ?? _session!.Engine;

    /// <summary>Opens a directory, which is created where it is missing, or turns to a host.</summary>
    public static async Task<EngineAccess> OpenAsync(EnginePlace place, CancellationToken cancellationToken) => place.Remote is { } remote
        ? new EngineAccess(null, new RemoteEngine(remote.CreateClient()))
        : new EngineAccess(await EngineSession.StartAsync(place.Settings, cancellationToken: cancellationToken), null);

    /// <summary>Opens a directory that must be there, or turns to a host.</summary>
    /// <exception cref="CommandException">The directory is not there.</exception>
    public static async Task<EngineAccess> OpenExistingAsync(EnginePlace place, CancellationToken cancellationToken) => place.Remote is not null
        ? await OpenAsync(place, cancellationToken)
        : new EngineAccess(await EngineSession.StartOnExistingAsync(place.Settings, cancellationToken), null);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _remote?.Dispose();
        if (_session is not null)
            await _session.DisposeAsync();
    }
}
