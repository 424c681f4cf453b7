using Orleans.Concurrency;
using Orleans.EventSourcing;
using Orleans.Providers;
using Orleans.Runtime;

namespace Orleans.Persist.Tests.LogConsistency;

/// <summary>Written as for Orleans' own providers: nothing in it knows of ours. Names no provider, so it gets the default.</summary>
public abstract class LogGrainBase(ILocalSiloDetails silo) : JournaledGrain<LogState>, ILogGrain
{
    private readonly Guid _activation = Guid.NewGuid();
    private int _issues;
    private int _resolved;
    private Func<Task>? _onChanged;

    public Task Raise(int amount)
    {
        RaiseEvent(new Added { Amount = amount });
        return Task.CompletedTask;
    }

    public async Task RaiseAndConfirm(int amount)
    {
        RaiseEvent(new Added { Amount = amount });
        await ConfirmEvents();
    }

    public async Task RaiseRange(int[] amounts, bool confirm)
    {
        RaiseEvents(amounts.Select(amount => new AliasedAdded { Amount = amount }));
        if (confirm)
            await ConfirmEvents();
    }

    public Task<bool> TryRaise(int amount) => RaiseConditionalEvent(new Added { Amount = amount });

    public Task<bool> TryRaiseRange(int[] amounts) => RaiseConditionalEvents(amounts.Select(amount => new Added { Amount = amount }));

    public async Task<bool> TryRaiseThenRaise(int conditional, int unconditional)
    {
        var tried = RaiseConditionalEvent(new Added { Amount = conditional });
        RaiseEvent(new Added { Amount = unconditional });
        var succeeded = await tried;
        await ConfirmEvents();
        return succeeded;
    }

    public Task Confirm() => ConfirmEvents();

    public Task Refresh() => RefreshNow();

    public Task Clear() => ClearLogAsync();

    public Task<LogReport> Report() => Task.FromResult(
        new LogReport(Version, State.Sum, TentativeState.Sum, UnconfirmedEvents.Count(), [.. State.Values], _activation, _issues, _resolved, silo.Name));

    public async Task<List<int>> Events(int from, int to) =>
        [.. (await RetrieveConfirmedEvents(from, to)).Select(@event => @event is Added added ? added.Amount : ((AliasedAdded)@event).Amount)];

    public async Task RaiseUnserializable()
    {
        RaiseEvent(new Unserializable { Amount = 1 });
        await ConfirmEvents();
    }

    public async Task RaisePoison()
    {
        RaiseEvent(new Poison());
        await ConfirmEvents();
    }

    public async Task<string[]> TentativeStory(int amount)
    {
        var lines = new List<string>();
        void Tell() => lines.Add($"{Version} {State.Sum} / {Version + UnconfirmedEvents.Count()} {TentativeState.Sum}");
        Tell();
        RaiseEvent(new Added { Amount = amount });
        Tell();
        await ConfirmEvents();
        Tell();
        return [.. lines];
    }

    public async Task<bool> ChainConditional(int first, int second)
    {
        Task<bool>? chained = null;
        _onChanged = () =>
        {
            _onChanged = null;
            return chained = RaiseConditionalEvent(new Added { Amount = second });
        };
        RaiseEvent(new Added { Amount = first });
        await ConfirmEvents();
        return await chained!;
    }

    protected override void OnStateChanged() => _ = _onChanged?.Invoke();

    protected override void OnConnectionIssue(ConnectionIssue issue) => _issues++;

    protected override void OnConnectionIssueResolved(ConnectionIssue issue) => _resolved++;
}

public sealed class DefaultLogGrain(ILocalSiloDetails silo) : LogGrainBase(silo);

[Reentrant]
public sealed class ReentrantLogGrain(ILocalSiloDetails silo) : LogGrainBase(silo);

/// <summary>Named as if for Orleans' own provider; the tests' silos have ours under that name.</summary>
[LogConsistencyProvider(ProviderName = "LogStorage")]
public sealed class NamedLogGrain(ILocalSiloDetails silo) : LogGrainBase(silo);

/// <summary>On Orleans' own log storage: the oracle.</summary>
[LogConsistencyProvider(ProviderName = "Builtin")]
public sealed class BuiltinLogGrain(ILocalSiloDetails silo) : LogGrainBase(silo);

/// <summary>Waits for 2 seconds only.</summary>
[Reentrant]
[LogConsistencyProvider(ProviderName = "Impatient")]
public sealed class ImpatientLogGrain(ILocalSiloDetails silo) : LogGrainBase(silo);

/// <summary>Keeps only what its snapshots, one every 10 events, do not cover.</summary>
[LogConsistencyProvider(ProviderName = "Truncating")]
public sealed class TruncatingLogGrain(ILocalSiloDetails silo) : LogGrainBase(silo);

[LogConsistencyProvider(ProviderName = "Throwing")]
public sealed class ThrowingLogGrain(ILocalSiloDetails silo) : LogGrainBase(silo);

[LogConsistencyProvider(ProviderName = "Deposed")]
public sealed class DeposedLogGrain(ILocalSiloDetails silo) : LogGrainBase(silo);

[LogConsistencyProvider(ProviderName = "Skipping")]
public sealed class SkippingLogGrain(ILocalSiloDetails silo) : LogGrainBase(silo);

[LogConsistencyProvider(ProviderName = "Quarantining")]
public sealed class QuarantiningLogGrain(ILocalSiloDetails silo) : LogGrainBase(silo);

[LogConsistencyProvider(ProviderName = "Archive")]
public sealed class ArchivedLogGrain(ILocalSiloDetails silo) : LogGrainBase(silo);

[LogConsistencyProvider(ProviderName = "Nobody")]
public sealed class UnprovidedLogGrain(ILocalSiloDetails silo) : LogGrainBase(silo);

[LogConsistencyProvider(ProviderName = "MovedLog")]
public sealed class MovedLogGrain(ILocalSiloDetails silo) : LogGrainBase(silo);

[LogConsistencyProvider(ProviderName = "MovedState")]
public sealed class MovedStateGrain(ILocalSiloDetails silo) : LogGrainBase(silo);

/// <summary>Does not wait for its log when it activates.</summary>
public sealed class LazyLogGrain(ILocalSiloDetails silo) : LogGrainBase(silo)
{
    public override Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
