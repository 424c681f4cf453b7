using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Persist.Diagnostics;
using Orleans.Runtime;

namespace Orleans.Persist.Grains;

/// <summary>Wakes grains that have sent something and are gone with their silo, or have failed: nobody else might call them, and their sends would wait for ever (requirement m.5).</summary>
/// <remarks>
/// Each silo has one. Whenever the membership of the cluster changes, and so at its start, a silo looks through its share of <see cref="SenderList"/> and calls those whose silo is no more.
/// Two silos that for a moment both believe a share to be theirs wake a grain twice, which does nothing. A grain that is called and has something left to send has put itself on the list again.
/// </remarks>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "They end with the silo, after calls that are still on their way; neither has a timer or a wait handle.")]
internal sealed class SenderKeeper(
    SenderList list, IClusterMembershipService membership, ILocalSiloDetails silo, IGrainFactory grains, ILogger<SenderKeeper> logger, IServiceProvider services)
    : ILifecycleParticipant<ISiloLifecycle>
{
    /// <summary>From when on grains can be called, until the silo begins to stop.</summary>
    private const int Stage = ServiceLifecycleStage.Active + 1;

    /// <summary>How many grains a silo wakes at once.</summary>
    private const int WakesAtOnce = 32;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(5);
    private readonly ConcurrentDictionary<Guid, bool> _waking = new();
    private readonly SemaphoreSlim _slots = new(WakesAtOnce);
    private readonly CancellationTokenSource _stopping = new();
    private Task _watching = Task.CompletedTask;

    public TimeProvider Time { get; } = services.GetService<TimeProvider>() ?? TimeProvider.System;

    /// <summary>This silo, as it stands on the list.</summary>
    public string Silo { get; } = silo.SiloAddress.ToParsableString();

    public void Participate(ISiloLifecycle observer) => observer.Subscribe(nameof(SenderKeeper), Stage, StartAsync, StopAsync);

    /// <summary>Puts a grain on the list, before its sends are stored.</summary>
    /// <exception cref="Journal.JournalException">It could not be stored, or nobody knows.</exception>
    public ValueTask AddAsync(ListedSender sender, CancellationToken cancellationToken) => StoredAsync(list.AddAsync(sender, cancellationToken), sender);

    /// <summary>Takes an entry off.</summary>
    /// <exception cref="Journal.JournalException">It could not be stored, or nobody knows.</exception>
    public ValueTask RemoveAsync(ListedSender sender, CancellationToken cancellationToken) => StoredAsync(list.RemoveAsync(sender, cancellationToken), sender);

    /// <summary>Calls a grain until it is active, then takes the entry off. Once at a time for each entry; ends with the silo, whose loss the others then see.</summary>
    public void Wake(ListedSender sender)
    {
        if (!_stopping.IsCancellationRequested && _waking.TryAdd(sender.Token, true))
            _ = WakeAsync(sender);
    }

    private Task StartAsync(CancellationToken cancellationToken)
    {
        _watching = Task.Run(WatchAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _watching.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task WatchAsync()
    {
        var looked = MembershipVersion.MinValue;
        await foreach (var update in membership.MembershipUpdates.WithCancellation(_stopping.Token).ConfigureAwait(false))
        {
            if (update.Version <= looked)
                continue; // a look has seen it
            looked = await LookAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Looks through this silo's share, again and again until it could be read.</summary>
    /// <returns>What membership was known when it began.</returns>
    private async Task<MembershipVersion> LookAsync()
    {
        for (var delay = FirstDelay; ; delay = Longer(delay))
        {
            var known = membership.CurrentSnapshot;
            var stream = "";
            try
            {
                var listed = new List<ListedSender>();
                foreach (var shard in SharesOf(known))
                    listed.AddRange(await list.LoadAsync(stream = SenderList.StreamOf(shard), _stopping.Token).ConfigureAwait(false));
                await WakeLostAsync(listed).ConfigureAwait(false);
                return known.Version;
            }
            catch (Exception e) when (!_stopping.IsCancellationRequested)
            {
                logger.SendersNotRead(e, stream);
            }

            await PauseAsync(delay).ConfigureAwait(false);
        }
    }

    private async Task WakeLostAsync(List<ListedSender> listed)
    {
        if (listed.Count == 0)
            return;
        await membership.Refresh(cancellationToken: _stopping.Token).ConfigureAwait(false); // a silo that is on the list and not known after this is gone, not new
        var members = membership.CurrentSnapshot;
        foreach (var sender in listed.Where(sender => IsGone(members.GetSiloStatus(SiloAddress.FromParsableString(sender.Silo)))))
            Wake(sender);
    }

    private async Task WakeAsync(ListedSender sender)
    {
        try
        {
            for (var delay = FirstDelay; !await TryWakeAsync(sender, delay).ConfigureAwait(false); delay = Longer(delay))
                await PauseAsync(delay).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The entry stands: another silo wakes the grain.
        }
        finally
        {
            _waking.TryRemove(sender.Token, out _);
        }
    }

    private async Task<bool> TryWakeAsync(ListedSender sender, TimeSpan delay)
    {
        await _slots.WaitAsync(_stopping.Token).ConfigureAwait(false);
        try
        {
            await grains.GetGrain(GrainId.Parse(sender.Grain, CultureInfo.InvariantCulture)).AsReference<IMessageGrain>().Wake().WaitAsync(_stopping.Token).ConfigureAwait(false);
            await RemoveAsync(sender, _stopping.Token).ConfigureAwait(false);
            logger.SenderWoken(sender.Grain, sender.Silo);
            return true;
        }
        catch (Exception e) when (!_stopping.IsCancellationRequested)
        {
            logger.SenderNotWoken(e, sender.Grain, sender.Silo, delay);
            return false;
        }
        finally
        {
            _slots.Release();
        }
    }

    private async ValueTask StoredAsync(ValueTask<bool> stored, ListedSender sender)
    {
        if (await stored.ConfigureAwait(false))
            _ = ShortenAsync(SenderList.StreamOf(sender.Grain));
    }

    private async Task ShortenAsync(string stream)
    {
        try
        {
            await list.LoadAsync(stream, _stopping.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            logger.SendersNotRead(e, stream); // the next look does it, or whoever stores the last of so many entries
        }
    }

    /// <summary>The shares of this silo: those of all are dealt out among the active silos, in the order of their addresses.</summary>
    private IEnumerable<int> SharesOf(ClusterMembershipSnapshot members)
    {
        var active = members.Members.Values.Where(member => member.Status == SiloStatus.Active).Select(member => member.SiloAddress).Order().ToList();
        var own = active.IndexOf(silo.SiloAddress);
        return own < 0 ? [] : Enumerable.Range(0, SenderList.Shards).Where(shard => shard % active.Count == own);
    }

    private Task PauseAsync(TimeSpan delay) => Task.Delay(delay * (1 + (Random.Shared.NextDouble() / 2)), Time, _stopping.Token);

    private static TimeSpan Longer(TimeSpan delay) => delay * 2 < LongestDelay ? delay * 2 : LongestDelay;

    private static bool IsGone(SiloStatus status) => status is SiloStatus.Dead or SiloStatus.None;
}
