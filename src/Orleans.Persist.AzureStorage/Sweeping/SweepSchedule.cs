using Orleans.Persist.AzureStorage.Rows;
using Orleans.Persist.AzureStorage.Tables;

namespace Orleans.Persist.AzureStorage.Sweeping;

/// <summary>Sweeps the storage now and then, by whichever of the processes that share it comes first. When the last one began stands in the table, so the time runs on while no process does.</summary>
internal sealed class SweepSchedule
{
    private static readonly TimeSpan LongestJitter = TimeSpan.FromMinutes(10);
    private readonly TableClient _table;
    private readonly Func<CancellationToken, Task<SweepReport>> _sweep;
    private readonly AzureStorageOptions _options;
    private readonly TimeProvider _time;
    private readonly Task _running;

    public SweepSchedule(TableClient table, Func<CancellationToken, Task<SweepReport>> sweep, AzureStorageOptions options, TimeProvider time, CancellationToken closing)
    {
        (_table, _sweep, _options, _time) = (table, sweep, options, time);
        _running = options.SweepEvery > TimeSpan.Zero ? RunAsync(closing) : Task.CompletedTask;
    }

    /// <summary>Completes when nothing is swept any more: soon after closing, or in a while.</summary>
    public Task WhenEndedAsync(TimeSpan timeout) => _running.WaitAsync(timeout);

    /// <summary>Sweeps, if it is time and no other process has begun to.</summary>
    /// <returns>What was swept, or null; and how long until it may be time again.</returns>
    public async Task<(SweepReport? Report, TimeSpan Next)> TryAsync(CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow().UtcTicks;
        var row = new SweepRow { Started = now };
        if (await _table.GetAsync<SweepRow>(row.PartitionKey, row.RowKey, cancellationToken).ConfigureAwait(false) is var (last, etag))
        {
            var elapsed = TimeSpan.FromTicks(Math.Max(0, now - last.Started));
            if (elapsed < _options.SweepEvery)
                return (null, _options.SweepEvery - elapsed);
            if ((await _table.ReplaceAsync(row, etag, cancellationToken).ConfigureAwait(false)).Etag is null)
                return (null, _options.SweepEvery);
        }
        else if (!await _table.InsertAsync(row, cancellationToken).ConfigureAwait(false))
        {
            return (null, _options.SweepEvery);
        }

        var started = _time.GetTimestamp();
        var report = await _sweep(cancellationToken).ConfigureAwait(false);
        SweepInstruments.OnSwept(report, _time.GetElapsedTime(started));
        _options.OnSwept?.Invoke(report);
        return (report, _options.SweepEvery);
    }

    private async Task RunAsync(CancellationToken closing)
    {
        var wait = TimeSpan.Zero;
        while (true)
        {
            try
            {
                await Task.Delay(wait + Jitter(), _time, closing).ConfigureAwait(false);
                (_, wait) = await TryAsync(closing).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (closing.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                wait = _options.SweepEvery;
                _options.OnBackgroundError?.Invoke(e);
            }
        }
    }

    /// <summary>Keeps processes that were started together from coming together.</summary>
    private TimeSpan Jitter() => TimeSpan.FromTicks(Random.Shared.NextInt64(1, Math.Min(LongestJitter.Ticks, (_options.SweepEvery.Ticks / 10) + 2)));
}
