using Orleans.Persist.Journal;
using Orleans.Persist.Sources;
using Orleans.Runtime;

namespace Orleans.Persist.Tests.Sources;

public sealed class CountingGrain(ILocalSiloDetails silo) : EventSinkGrain<CountingState>, ICountingGrain
{
    private readonly List<(long Version, TaskCompletionSource Reached)> _waiting = [];
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _imported;
    private bool _poisoned;

    protected override string Source => this.GetPrimaryKeyString().Split('|')[0];

    protected override string SinkName => this.GetPrimaryKeyString().Split('|')[1];

    protected override ValueTask OnImportedAsync(long version, CancellationToken cancellationToken)
    {
        _imported = version;
        return default;
    }

    protected override async ValueTask ApplyAsync(RecordedEvent @event, CancellationToken cancellationToken)
    {
        if (@event.Type == "Poison" && !_poisoned)
        {
            _poisoned = true;
            throw new InvalidOperationException("poison");
        }

        await Task.Yield();
        State.Versions.Add(@event.Version);
        State.Ids.Add(@event.Id);
        foreach (var (_, reached) in _waiting.Where(w => w.Version <= @event.Version))
            reached.TrySetResult();
    }

    public Task<CountingState> Get() => Task.FromResult(State);

    public async Task<CountingState> GetAt(long version)
    {
        if (Version < version && State.Versions.LastOrDefault() < version)
        {
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((version, reached));
            await reached.Task;
        }

        return State;
    }

    public Task<long> Imported() => Task.FromResult(_imported);

    public Task<string> Silo() => Task.FromResult(silo.SiloAddress.ToString());

    public async Task<int> Hold()
    {
        var before = State.Versions.Count;
        _held.TrySetResult();
        await _released.Task;
        return State.Versions.Count - before;
    }

    public Task Held() => _held.Task;

    public Task Release()
    {
        _released.TrySetResult();
        return Task.CompletedTask;
    }

    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}
