using Microsoft.Extensions.Options;
using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;
using Orleans.Persist.Sources;

namespace Orleans.Persist.Scopes;

/// <summary>The scoped store of a cluster, as silos and clients see it.</summary>
/// <param name="grains">The cluster's grains.</param>
/// <param name="options">How long calls are repeated.</param>
/// <param name="time">The clock.</param>
internal sealed class ClusterScopedStore(IGrainFactory grains, IOptions<PersistClusterOptions> options, TimeProvider time) : IScopedStore, IScopedStoreHost
{
    /// <summary>The longest that a silo can be configured to take. What it takes indeed, it says itself.</summary>
    private const int MaxNameBytes = 65_536;

    private static readonly TimeSpan UntilAnother = TimeSpan.FromMilliseconds(50);

    /// <inheritdoc/>
    public IScopedStore ScopedStore => this;

    private TimeSpan Limit => options.Value.PublishTimeout;

    /// <inheritdoc/>
    public ValueTask SaveAsync(ScopedLocation location, ReadOnlyMemory<byte> value, TimeSpan timeToLive = default, CancellationToken cancellationToken = default)
    {
        var grain = GrainOf(location);
        ReadOnlyMemory<byte> copy = value.ToArray();
        return new(ChangeAsync(() => grain.Save(location, copy, timeToLive, cancellationToken), location, cancellationToken));
    }

    /// <inheritdoc/>
    public ValueTask DeleteAsync(ScopedLocation location, CancellationToken cancellationToken = default)
    {
        var grain = GrainOf(location);
        return new(ChangeAsync(() => grain.Delete(location, cancellationToken), location, cancellationToken));
    }

    /// <inheritdoc/>
    public async ValueTask<LoadResult> TryLoadAsync(ScopedLocation location, CancellationToken cancellationToken = default)
    {
        var grain = GrainOf(location);
        var what = $"{location} cannot be loaded";
        return await GrainCall.RepeatAsync(
            () => SettledAsync(async () => await grain.Load(location, cancellationToken).ConfigureAwait(false), what, cancellationToken),
            Limit, time, what, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A change is not made again where it may have been made: it could undo what somebody else has saved meanwhile.</summary>
    private async Task ChangeAsync(Func<Task> call, ScopedLocation location, CancellationToken cancellationToken)
    {
        var what = $"{location} may have been changed or not";
        try
        {
            await SettledAsync(
                async () =>
                {
                    await call().ConfigureAwait(false);
                    return true;
                },
                what,
                cancellationToken).WaitAsync(Limit, time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (GrainCall.IsTransient(e))
        {
            throw GrainCall.Unavailable(what, e);
        }
    }

    /// <summary>Calls again where the activation that was called had to find that another one had written. It has done nothing then.</summary>
    private async Task<T> SettledAsync<T>(Func<Task<T>> call, string what, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            try
            {
                return await call().ConfigureAwait(false);
            }
            catch (VersionConflictException e)
            {
                if (time.GetElapsedTime(began) > Limit)
                    throw GrainCall.Unavailable(what, e);
            }

            await Task.Delay(UntilAnother, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private IScopedPartGrain GrainOf(in ScopedLocation location) => grains.GetGrain<IScopedPartGrain>(Scopes.ScopedStore.PartOf(location, MaxNameBytes));
}
