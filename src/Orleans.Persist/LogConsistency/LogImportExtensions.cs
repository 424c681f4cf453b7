using Orleans.Core.Internal;
using Orleans.Runtime;

namespace Orleans.Persist.LogConsistency;

/// <summary>Moves grains in before anybody calls them.</summary>
public static class LogImportExtensions
{
    /// <summary>Activates each of the grains, so that it imports what <see cref="PersistLogConsistencyOptions.ImportFrom"/> says, and lets it leave again. Grains that were imported before are left as they are.</summary>
    /// <param name="grains">The cluster.</param>
    /// <param name="ids">Whom; Orleans' grain storage cannot list its grains, so the application does.</param>
    /// <param name="parallel">How many at once; above 0.</param>
    /// <param name="cancellationToken">Ends it. A grain whose import has begun may have it go on.</param>
    /// <returns>How many grains there were.</returns>
    public static async Task<long> ImportGrainsAsync(this IGrainFactory grains, IAsyncEnumerable<GrainId> ids, int parallel = 32, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(grains);
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(parallel);
        long count = 0;
        var options = new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(ids, options, async (id, token) =>
        {
            await grains.GetGrain(id).AsReference<IGrainManagementExtension>().DeactivateOnIdle(token).ConfigureAwait(false);
            Interlocked.Increment(ref count);
        }).ConfigureAwait(false);
        return count;
    }
}
