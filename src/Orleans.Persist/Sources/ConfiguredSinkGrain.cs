using Orleans.Persist.Grains;
using Orleans.Persist.Hosting;

namespace Orleans.Persist.Sources;

/// <inheritdoc cref="IConfiguredSinkGrain"/>
/// <remarks>The sink has no calls but the engine's, so its loop needs no turns of the grain.</remarks>
[GrainType("persist-sink")]
internal sealed class ConfiguredSinkGrain(SiloSources sources, SiloSinks running) : Grain, IConfiguredSinkGrain
{
    private SinkActivation? _sink;

    /// <summary>The key of the grain that runs a sink.</summary>
    public static string Key(string source, string sink) =>
        $"{Uri.EscapeDataString(source)}/{Uri.EscapeDataString(sink)}";

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await ActivationStart.LeaveLock();
        var key = this.GetPrimaryKeyString().Split('/');
        var (source, sink) = (Uri.UnescapeDataString(key[0]), Uri.UnescapeDataString(key[^1]));
        if (!sources.Sinks.TryGetValue((source, sink), out var port))
            throw new InvalidOperationException($"This silo is not configured with a sink named '{sink}' of source '{source}'. All silos of a cluster must have the same sinks; forget it if there is none any more.");
        _sink = new SinkActivation(sources, running, GrainContext, source, port());
        await _sink.StartAsync(cancellationToken).ConfigureAwait(true);
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_sink is null)
            return;
        await _sink.StopAsync(cancellationToken).ConfigureAwait(true);
        _sink.Remove();
    }

    /// <inheritdoc/>
    public Task<SinkProgress> GetProgress() => Task.FromResult(_sink!.Progress);

    /// <inheritdoc/>
    public Task ExportNow(CancellationToken cancellationToken) => _sink!.ExportAsync(cancellationToken);

    /// <inheritdoc/>
    public Task Abandon()
    {
        _sink!.Abandon();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task TakeTurn() => Task.CompletedTask;
}
