using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Persist.Diagnostics;
using Orleans.Persist.Sources;
using Orleans.Runtime;

namespace Orleans.Persist.Hosting;

/// <summary>Brings the configured sources and sinks up with the silo, and has the silo's sinks export before it goes.</summary>
internal sealed class SiloEngine(
    SiloSources sources,
    SiloSinks sinks,
    IEnumerable<SinkGrainSetup> sinkGrains,
    IOptions<PersistEngineOptions> engineOptions,
    IOptions<PersistClusterOptions> options,
    ILogger<SiloEngine> logger) : ILifecycleParticipant<ISiloLifecycle>, IEngineHealth, IDisposable
{
    /// <summary>Last to start, and first to stop: while sinks export, the silo and the cluster still do all they can.</summary>
    private const int Stage = ServiceLifecycleStage.Active + 1;

    private readonly ConcurrentDictionary<(string Source, string Sink), string> _notStarted = new();
    private readonly CancellationTokenSource _stopping = new();
    private Task _loop = Task.CompletedTask;
    private volatile bool _ready;
    private IReadOnlyList<SinkActivation>? _stopped;

    /// <inheritdoc/>
    public bool IsReady => _ready;

    /// <inheritdoc/>
    public IReadOnlyList<string> Problems =>
    [
        .. _notStarted.OrderBy(p => p.Key).Select(p => $"Sink '{p.Key.Sink}' of source '{p.Key.Source}' could not be started: {p.Value}"),
        .. (_stopped ?? Sinks).Where(s => s.Progress is { Online: false, Error: not null })
            .Select(s => $"Sink '{s.Name}' of source '{s.Source}' has stopped: {s.Progress.Error}"),
        .. (_stopped ?? []).Where(s => s.Progress.Error is null && s.Progress.Version != s.Progress.ExportedVersion)
            .Select(s => $"Sink '{s.Name}' of source '{s.Source}' has not exported what it applied after version {s.Progress.ExportedVersion:N0}: {s.ExportError ?? "there was no time left."}"),
    ];

    private IReadOnlyList<SinkActivation> Sinks => [.. sinks.Running.OrderBy(s => s.Source, StringComparer.Ordinal).ThenBy(s => s.Name, StringComparer.Ordinal)];

    private TimeProvider Time => sources.Time;

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle observer) => observer.Subscribe(nameof(SiloEngine), Stage, StartAsync, StopAsync);

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        var start = StartSinksAsync();
        await start.WaitAsync(options.Value.StartTimeout, Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        logger.SiloStarted(sources.Names.Count, sources.Sinks.Count);
        _ready = true;
        _loop = KeepSourcesAsync(_stopping.Token);
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        _ready = false;
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using var limit = new CancellationTokenSource(engineOptions.Value.StopTimeout, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var stopped = Sinks;
        await Task.WhenAll(stopped.Select(s => s.StopAsync(either.Token))).ConfigureAwait(false);
        _stopped = stopped;
        logger.SiloSinksStopped();
    }

    private Task StartSinksAsync() => Task.WhenAll(
        [
            .. sources.Names.Select(source => StartSinkAsync(source, "", () => sources.Control(source).Start())),
            .. sources.Sinks.Keys.Select(s => StartSinkAsync(
                s.Source, s.Sink, () => sources.Grains.GetGrain<IConfiguredSinkGrain>(ConfiguredSinkGrain.Key(s.Source, s.Sink)).GetProgress())),
            .. sinkGrains.Select(s => StartSinkAsync(s.Source, s.Name, () => s.Grain(sources.Grains).GetProgress())),
        ]);

    private async Task StartSinkAsync(string source, string sink, Func<Task> start)
    {
        try
        {
            await start().ConfigureAwait(false);
            _notStarted.TryRemove((source, sink), out _);
        }
        catch (Exception e)
        {
            _notStarted[(source, sink)] = e.Message;
            logger.SinkNotStartedOnCluster(e, source, sink);
        }
    }

    /// <summary>Sinks that have something to export need their source to be active. What could not be started is tried again.</summary>
    private async Task KeepSourcesAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.Value.SinkCheckInterval, Time);
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
        {
            try
            {
                var wanted = sinks.Running.Where(s => s.Progress is { Online: true } p && p.Version != p.ExportedVersion).Select(s => s.Source).Distinct(StringComparer.Ordinal);
                await Task.WhenAll(wanted.Select(s => sources.Control(s).Start())).WaitAsync(cancellationToken).ConfigureAwait(false);
                if (!_notStarted.IsEmpty)
                    await StartSinksAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                logger.SinksNotLookedAfter(e, "");
            }
        }
    }
}
