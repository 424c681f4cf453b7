using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;
using Orleans.Runtime;

namespace Orleans.Persist.Scopes;

/// <inheritdoc cref="IScopedPartGrain"/>
/// <remarks>Calls interleave, so that many saves share an append. What it holds is safe for that.</remarks>
[Reentrant, GrainType("persist-scopes")]
internal sealed class ScopedPartGrain(
    IStorage storage,
    IOptions<PersistClusterOptions> cluster,
    ILogger<ScopedStore> logger,
    IEnumerable<ScopedStoreSetup> setups,
    TimeProvider? timeProvider = null) : Grain, IScopedPartGrain, IDisposable
{
    private const int SweepsUntilIdle = 10;
    private readonly CancellationTokenSource _ending = new();
    private Task<ScopedStore>? _opening;
    private IGrainTimer? _timer;
    private bool _used;

    /// <inheritdoc/>
    public Task Save(ScopedLocation location, ReadOnlyMemory<byte> value, TimeSpan timeToLive, CancellationToken cancellationToken) =>
        CallAsync(async store => { await store.SaveAsync(location, value, timeToLive, cancellationToken).ConfigureAwait(true); return true; }, cancellationToken);

    /// <inheritdoc/>
    public Task<LoadResult> Load(ScopedLocation location, CancellationToken cancellationToken) => CallAsync(
        async store =>
        {
            await store.ConfirmAsync(cluster.Value.ScopeCheckInterval, cancellationToken).ConfigureAwait(true);
            return await store.TryLoadAsync(location, cancellationToken).ConfigureAwait(true);
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task Delete(ScopedLocation location, CancellationToken cancellationToken) =>
        CallAsync(async store => { await store.DeleteAsync(location, cancellationToken).ConfigureAwait(true); return true; }, cancellationToken);

    /// <inheritdoc/>
    public Task Wake() => Opened();

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _ending.CancelAsync().ConfigureAwait(true);
        if (_opening is not { } opening)
            return;
        await ((Task)opening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (opening.IsCompletedSuccessfully)
            await opening.Result.DisposeAsync().ConfigureAwait(true);
    }

    /// <inheritdoc/>
    public void Dispose() => _ending.Dispose();

    private async Task<T> CallAsync<T>(Func<ScopedStore, Task<T>> call, CancellationToken cancellationToken)
    {
        _used = true;
        try
        {
            return await call(await Opened().WaitAsync(cancellationToken).ConfigureAwait(true)).ConfigureAwait(true);
        }
        catch (VersionConflictException)
        {
            // Another activation has written: the cluster knows by now which of them is to be called, or will soon.
            DeactivateOnIdle();
            throw;
        }
    }

    /// <summary>The part, opened by the first call. A journal that does not answer is asked again by the next one.</summary>
    private Task<ScopedStore> Opened()
    {
        if (_opening is not (null or { IsFaulted: true } or { IsCanceled: true }))
            return _opening;
        var number = this.GetPrimaryKeyLong();
        if (number is < 0 or >= ScopedStore.Partitions)
            throw new InvalidOperationException($"The scoped store has parts 0 to {ScopedStore.Partitions - 1}, and no part {number}.");
        var options = setups.FirstOrDefault()?.Options
            ?? throw new InvalidOperationException($"The silo has no scoped store; call {nameof(PersistBuilder.AddScopedStore)} where it is configured.");
        var interval = SweepsUntilIdle * options.SweepInterval;
        _timer ??= this.RegisterGrainTimer(StayOrGo, interval, new GrainTimerCreationOptions(interval, interval) { Interleave = true });
        return _opening = ScopedStore.OpenPartAsync(storage.Journal, options, (int)number, timeProvider ?? TimeProvider.System, logger, _ending.Token);
    }

    /// <summary>Goes where nothing is left to look after; stays where there is, however seldom it is called.</summary>
    private Task StayOrGo(TimeSpan interval, CancellationToken cancellationToken)
    {
        if (_opening is { IsCompletedSuccessfully: true } && !_opening.Result.IsEmpty)
            DelayDeactivation(3 * interval);
        else if (!_used)
            DeactivateOnIdle();
        _used = false;
        return Task.CompletedTask;
    }
}
