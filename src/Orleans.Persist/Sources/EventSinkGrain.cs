using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Persist.Grains;
using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;
using Orleans.Runtime;

namespace Orleans.Persist.Sources;

/// <summary>A grain that listens to an event source and keeps state of its own: imported when the grain activates, exported when it deactivates and now and then in between.</summary>
/// <typeparam name="TState">The application state. Serialized with System.Text.Json unless <see cref="Serialize"/> and <see cref="Deserialize"/> are overridden.</typeparam>
/// <remarks>
/// <para>Events are applied in turns of the grain, so they and the grain's calls come one at a time (unless the grain is reentrant).
/// In <see cref="Grain.OnActivateAsync"/> the state is there already.</para>
/// <para>A sink is known to its source from its first activation on: any call to the grain does that, or a host's configuration (<c>AddSinkGrain</c>).
/// From then on the source has it active while there are events it has not applied, wherever its silo went.</para>
/// </remarks>
public abstract class EventSinkGrain<TState> : Grain, ISinkControl, ILifecycleParticipant<IGrainLifecycle>
    where TState : class, new()
{
    private SinkActivation? _sink;
    private SinkTurn? _turn;

    /// <summary>The name of the source that the sink listens to. The same for the whole life of an activation.</summary>
    protected abstract string Source { get; }

    /// <summary>The sink's name, unique within its source and stable: its exports are stored under it. By default the grain's id.</summary>
    protected virtual string SinkName => this.GetGrainId().ToString();

    /// <summary>The state. To be changed by <see cref="ApplyAsync"/> only: what else changes it is not replayed.</summary>
    protected internal TState State { get; internal set; } = new();

    /// <summary>The last version that the state covers.</summary>
    protected long Version => _sink?.Progress.Version ?? 0;

    /// <summary>The stable name of the state's type, stored with each export; an export under another name is not imported. By default the name of <typeparamref name="TState"/>: override it before the type is renamed.</summary>
    protected internal virtual string StateType => typeof(TState).Name;

    /// <summary>Applies the next event to <see cref="State"/>. Called once for each event, in order, in a turn of the grain; the same for replayed and live ones.</summary>
    protected internal abstract ValueTask ApplyAsync(RecordedEvent @event, CancellationToken cancellationToken);

    /// <summary>Called once the state has been imported (or created) and before the first event is applied.</summary>
    protected internal virtual ValueTask OnImportedAsync(long version, CancellationToken cancellationToken) => default;

    /// <summary>Captures the state as bytes, in a turn of the grain. They are stored while further events are applied, so they must not change afterwards.</summary>
    protected internal virtual ReadOnlyMemory<byte> Serialize(TState state) => JsonSerializer.SerializeToUtf8Bytes(state);

    /// <summary>The state that <see cref="Serialize"/> captured.</summary>
    /// <exception cref="FormatException">The bytes are no such state; the export before it is tried.</exception>
    protected internal virtual TState Deserialize(ReadOnlyMemory<byte> bytes) =>
        JsonSerializer.Deserialize<TState>(bytes.Span) ?? throw new FormatException("The exported state is null.");

    /// <summary>Asks for an export. It is made between two events, so not before the call at hand has ended: do not wait for it within one.</summary>
    protected void RequestExport() => _ = _sink?.ExportAsync(CancellationToken.None);

    void ILifecycleParticipant<IGrainLifecycle>.Participate(IGrainLifecycle lifecycle) =>
        lifecycle.Subscribe(GetType().Name, GrainLifecycleStage.SetupState, StartAsync, StopAsync);

    Task<SinkProgress> ISinkControl.GetProgress() => Task.FromResult(_sink!.Progress);

    Task ISinkControl.ExportNow(CancellationToken cancellationToken) => _sink!.ExportAsync(cancellationToken);

    Task ISinkControl.TakeTurn() => _turn!.RunAsync();

    Task ISinkControl.Abandon()
    {
        _sink!.Abandon();
        return Task.CompletedTask;
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        await ActivationStart.LeaveLock();
        var self = this.AsReference<ISinkControl>();
        _turn = new SinkTurn(() => _ = self.TakeTurn());
        var port = new GrainSinkPort<TState>(this, SinkName, _turn, TaskScheduler.Current);
        _sink = new SinkActivation(ServiceProvider.GetRequiredService<SiloSources>(), ServiceProvider.GetRequiredService<SiloSinks>(), GrainContext, Source, port);
        await _sink.StartAsync(cancellationToken).ConfigureAwait(true);
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        _turn?.SetFree();
        if (_sink is null)
            return;
        await _sink.StopAsync(cancellationToken).ConfigureAwait(true);
        _sink.Remove();
    }
}
