using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Journaling;
using Orleans.Runtime;

namespace Orleans.Persist.Bench.OrleansGrains;

/// <summary>The same on Orleans.Journaling, which has no provider for journaled grains: the events are a durable list, the state their fold.</summary>
public sealed class JournalingCounter([FromKeyedServices("events")] IDurableList<Counted> log) : DurableGrain, ICounterGrain, ILifecycleParticipant<IGrainLifecycle>
{
    private readonly CounterState _state = new();
    private long _began;
    private double _load;

    public void Participate(IGrainLifecycle lifecycle) => lifecycle.Subscribe(nameof(JournalingCounter), GrainLifecycleStage.First, _ =>
    {
        _began = Stopwatch.GetTimestamp();
        return Task.CompletedTask;
    });

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        foreach (var @event in log)
            _state.Apply(@event);
        _load = Stopwatch.GetElapsedTime(_began).TotalMilliseconds;
        return Task.CompletedTask;
    }

    public Task Add(int amount)
    {
        Append(amount);
        return Confirm();
    }

    public Task Raise(int amount)
    {
        Append(amount);
        return Task.CompletedTask;
    }

    public Task Confirm() => WriteStateAsync().AsTask();

    public Task Fill(int events)
    {
        for (var i = 0; i < events; i++)
            Append(i);
        return Confirm();
    }

    public Task<(int Version, double LoadMilliseconds)> Load() => Task.FromResult((log.Count, _load));

    private void Append(int amount)
    {
        var @event = new Counted { Amount = amount };
        log.Add(@event);
        _state.Apply(@event);
    }
}
