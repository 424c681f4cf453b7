using System.Diagnostics;
using Orleans.EventSourcing;
using Orleans.Providers;

namespace Orleans.Persist.Bench.OrleansGrains;

/// <summary>The one grain that all providers are measured with.</summary>
public abstract class CounterGrain : JournaledGrain<CounterState, Counted>, ICounterGrain
{
    private double _load;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        await base.OnActivateAsync(cancellationToken);
        _load = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    public Task Add(int amount)
    {
        RaiseEvent(new Counted { Amount = amount });
        return ConfirmEvents();
    }

    public Task Raise(int amount)
    {
        RaiseEvent(new Counted { Amount = amount });
        return Task.CompletedTask;
    }

    public Task Confirm() => ConfirmEvents();

    public Task Fill(int events)
    {
        for (var i = 0; i < events; i++)
            RaiseEvent(new Counted { Amount = i });
        return ConfirmEvents();
    }

    public Task<(int Version, double LoadMilliseconds)> Load() => Task.FromResult((Version, _load));

    protected override void TransitionState(CounterState state, Counted @event) => state.Apply(@event);
}

[LogConsistencyProvider(ProviderName = SiloRun.LogStorage)]
public sealed class LogStorageCounter : CounterGrain;

[LogConsistencyProvider(ProviderName = SiloRun.StateStorage)]
public sealed class StateStorageCounter : CounterGrain;

[LogConsistencyProvider(ProviderName = SiloRun.Memory)]
public sealed class MemoryCounter : CounterGrain;

[LogConsistencyProvider(ProviderName = SiloRun.Embedded)]
public sealed class EmbeddedCounter : CounterGrain;

[LogConsistencyProvider(ProviderName = SiloRun.MemoryWithSnapshots)]
public sealed class SnapshotMemoryCounter : CounterGrain;

[LogConsistencyProvider(ProviderName = SiloRun.EmbeddedWithSnapshots)]
public sealed class SnapshotEmbeddedCounter : CounterGrain;
