using Orleans.Persist.Diagnostics;
using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;
using Orleans.Runtime;

namespace Orleans.Persist.Sources;

/// <summary>A sink for as long as its grain is active on this silo: imports first, exports last.</summary>
internal sealed class SinkActivation
{
    private readonly SiloSources _sources;
    private readonly SiloSinks _running;
    private readonly IGrainContext _grain;
    private readonly SinkPort _port;
    private SinkRunner? _runner;
    private int _stopped;

    public SinkActivation(SiloSources sources, SiloSinks running, IGrainContext grain, string source, SinkPort port)
    {
        SystemNames.ValidateUserName(source, "source");
        SystemNames.ValidateUserName(port.Name, "sink");
        (_sources, _running, _grain, Source, _port) = (sources, running, grain, source, port);
    }

    public string Source { get; }

    public string Name => _port.Name;

    public SinkProgress Progress => _runner?.Progress ?? new SinkProgress(Online: false, 0, 0, 0, null);

    /// <summary>Why its last export failed, if it did.</summary>
    public string? ExportError => _runner?.Exporter.LastError?.Message;

    /// <summary>Imports, registers with the source (requirements g.2.0, g.3.0), and goes on from there.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var options = _sources.Options(Source);
        var ledger = new GrainLedger(_sources.Control(Source), Source, options.ExportTimeout, _sources.Time);
        await ledger.OpenAsync(cancellationToken).ConfigureAwait(false);
        var runner = new SinkRunner(
            new SinkContext
            {
                Source = Source,
                Options = options,
                Journal = _sources.JournalOf(Source),
                Snapshots = _sources.Storage.Snapshots,
                Ledger = ledger,
                Address = _grain.GrainId.ToString(),
                Time = _sources.Time,
                Logger = _sources.Logger,
                OnExportedAsync = () => Task.CompletedTask, // what every sink has exported, the source truncates
            },
            _port);
        await runner.StartAsync(cancellationToken).ConfigureAwait(false);
        _runner = runner;
        _running.Add(this);
        _ = FollowAsync(runner);
    }

    /// <summary>Completes when an export that captures the state from now on has ended, well or not.</summary>
    public Task ExportAsync(CancellationToken cancellationToken) => (_runner?.Exporter.Request() ?? Task.CompletedTask).WaitAsync(cancellationToken);

    /// <summary>Exports (requirements g.0.2, g.2.1) and ends; without an export where there is no time left. Does nothing where it has ended.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_runner is not { } runner || Interlocked.Exchange(ref _stopped, 1) != 0)
            return;
        try
        {
            if (runner.IsActive && !cancellationToken.IsCancellationRequested)
                await runner.StopAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _sources.Logger.SinkNotStopped(e, Source, Name);
        }
        finally
        {
            runner.Abort();
        }
    }

    /// <summary>Ends without an export.</summary>
    public void Abandon()
    {
        Volatile.Write(ref _stopped, 1);
        _runner?.Abort();
        _grain.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, $"Sink '{Name}' of source '{Source}' is to be forgotten."));
    }

    /// <summary>Called when the activation is gone.</summary>
    public void Remove() => _running.Remove(this);

    private async Task FollowAsync(SinkRunner runner)
    {
        await runner.Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // What it has applied is no longer there, so it is to begin anew: the source calls it as soon as there is something to apply.
        if (runner.Error is StreamIncarnationException error)
            _grain.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, error.Message));
    }
}
