using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Orleans.Persist.Diagnostics;
using Orleans.Persist.Journal;
using Orleans.Runtime;

namespace Orleans.Persist.Sources;

/// <summary>What a source does for its sinks, wherever they run: has them active while they are behind, has them export, knows how far they are.</summary>
internal sealed class SinkWatch(SourceStream stream, IGrainFactory grains, TimeProvider time, ILogger logger, TimeSpan interval)
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, WatchedSink> _sinks = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether a sink is known that does not run, as far as is known, and may be called now.</summary>
    public bool IsAnyoneMissing => _sinks.Values.Any(s => s.Progress?.Online != true && s.NotBefore <= time.GetUtcNow());

    /// <summary>Takes note of what a sink has told.</summary>
    public void OnChanged(SinkChange change)
    {
        switch (change.Kind)
        {
            case SinkChangeKind.SinkRegistered:
                _sinks[change.Sink] = new WatchedSink { Progress = new SinkProgress(Online: true, change.Version, 0, 0, null) };
                break;
            case SinkChangeKind.SinkStopped when _sinks.TryGetValue(change.Sink, out var sink):
                sink.Progress = sink.Progress is { } last ? last with { Online = false, Error = change.Error } : null;
                break;
            default:
                break;
        }
    }

    /// <summary>What is known of every sink; of those that run, by asking them.</summary>
    public async Task<SinkStatus[]> GetStatusAsync()
    {
        await _seen.Task.WaitAsync(AnswerLimit, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var records = await stream.Ledger.GetSinksAsync(CancellationToken.None).ConfigureAwait(false);
        await Task.WhenAll(records.Where(r => Find(r).Progress?.Online == true).Select(AskAsync)).ConfigureAwait(false);
        records = await stream.Ledger.GetSinksAsync(CancellationToken.None).ConfigureAwait(false);
        var head = await stream.GetHeadAsync(CancellationToken.None).ConfigureAwait(false);
        return [.. records.Select(r => stream.Status(r, Find(r).Progress, head))];
    }

    /// <summary>Calls the sinks that have something to do: to apply, or to export what they have applied. Who is not active becomes so by being called.</summary>
    public async Task LookAfterAsync()
    {
        try
        {
            var records = await stream.Ledger.GetSinksAsync(CancellationToken.None).ConfigureAwait(false);
            var head = await stream.GetHeadAsync(CancellationToken.None).ConfigureAwait(false);
            await Task.WhenAll(records.Where(r => IsDue(r, head)).Select(AskAsync)).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            logger.SinksNotLookedAfter(e, stream.Name);
        }
        finally
        {
            _seen.TrySetResult();
        }
    }

    /// <summary>Requirement g.0.0.b. A sink that has applied nothing since its last export has nothing to store.</summary>
    public async Task ExportDueAsync()
    {
        try
        {
            var records = await stream.Ledger.GetSinksAsync(CancellationToken.None).ConfigureAwait(false);
            await Task.WhenAll(records.Where(r => Find(r).Progress?.Online == true).Select(ExportIfDueAsync)).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            logger.SinksNotLookedAfter(e, stream.Name);
        }

        async Task ExportIfDueAsync(SinkRecord record)
        {
            if (await AskAsync(record).ConfigureAwait(false) is { Online: true } progress && progress.Version != progress.ExportedVersion)
                await ExportAsync(record, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Has one sink, or all that are online, export now.</summary>
    /// <exception cref="InvalidOperationException">The sink that is named is not online.</exception>
    public async Task ExportAsync(string? sink, CancellationToken cancellationToken)
    {
        await _seen.Task.WaitAsync(AnswerLimit, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var records = await stream.Ledger.GetSinksAsync(cancellationToken).ConfigureAwait(false);
        var asked = await Task.WhenAll(records.Where(r => sink is null || r.Name == sink).Where(r => Find(r).Progress?.Online == true).Select(AskedAsync)).ConfigureAwait(false);
        var online = asked.Where(a => a.Progress is { Online: true }).Select(a => a.Record).ToArray();
        if (sink is not null && online.Length == 0)
            throw new InvalidOperationException($"Sink '{sink}' of source '{stream.Name}' is not online.");
        await Task.WhenAll(online.Select(r => ExportAsync(r, cancellationToken))).ConfigureAwait(false);

        async Task<(SinkRecord Record, SinkProgress? Progress)> AskedAsync(SinkRecord record) => (record, await AskAsync(record).ConfigureAwait(false));
    }

    /// <summary>Stops a sink without an export, and forgets it.</summary>
    public async Task ForgetAsync(string sink, CancellationToken cancellationToken)
    {
        await _seen.Task.WaitAsync(AnswerLimit, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var records = await stream.Ledger.GetSinksAsync(cancellationToken).ConfigureAwait(false);
        if (records.FirstOrDefault(r => r.Name == sink) is { Address: not null } record && Find(record).Progress?.Online == true)
            await GrainOf(record).Abandon().WaitAsync(cancellationToken).ConfigureAwait(false);
        await stream.ForgetSinkAsync(sink, cancellationToken).ConfigureAwait(false);
        _sinks.TryRemove(sink, out _);
    }

    /// <summary>Sinks that run, or should, and have not done everything yet. One that is offline with nothing to do is left in peace.</summary>
    private bool IsDue(SinkRecord record, StreamHead head)
    {
        var sink = Find(record);
        if (record.Address is null || sink.NotBefore > time.GetUtcNow())
            return false;
        var exported = record.Incarnation == stream.ExportIncarnation(head) ? record.ExportedVersion : 0;
        var version = sink.Progress is { Online: true } progress ? progress.Version : exported;
        return version != head.Version || (sink.Progress?.Online == true && version != exported);
    }

    private async Task<SinkProgress?> AskAsync(SinkRecord record)
    {
        var sink = Find(record);
        try
        {
            var before = sink.Progress;
            var progress = await GrainOf(record).GetProgress().WaitAsync(AnswerLimit, time).ConfigureAwait(false);
            sink.Answered(progress, before);
            if (progress.Online)
                (sink.Delay, sink.NotBefore) = (TimeSpan.Zero, DateTimeOffset.MinValue);
            else
                Postpone(sink);
            if (progress.Online && before?.Online == false)
                logger.SinkIsBack(stream.Name, record.Name, progress.Version);
        }
        catch (TimeoutException)
        {
            // Busy or importing: what was known of it stands.
        }
        catch (Exception e)
        {
            sink.Progress = new SinkProgress(Online: false, 0, 0, 0, null);
            Postpone(sink);
            logger.SinkNotReached(e, stream.Name, record.Name, sink.Delay);
        }

        return sink.Progress;
    }

    private async Task ExportAsync(SinkRecord record, CancellationToken cancellationToken)
    {
        try
        {
            await GrainOf(record).ExportNow(cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            logger.SinkNotReached(e, stream.Name, record.Name, interval);
        }
    }

    private void Postpone(WatchedSink sink)
    {
        sink.Delay = sink.Delay == TimeSpan.Zero ? interval : sink.Delay * 2 < LongestDelay ? sink.Delay * 2 : LongestDelay;
        sink.NotBefore = time.GetUtcNow() + sink.Delay;
    }

    private WatchedSink Find(SinkRecord record) => _sinks.GetOrAdd(record.Name, _ => new WatchedSink());

    private ISinkControl GrainOf(SinkRecord record) => grains.GetGrain<ISinkControl>(GrainId.Parse(record.Address!, CultureInfo.InvariantCulture));
}
