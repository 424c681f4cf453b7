using System.Globalization;
using Orleans.Persist.Diagnostics;
using Orleans.Persist.Journal;
using Orleans.Persist.Processes;
using Orleans.Runtime;

namespace Orleans.Persist.Grains;

/// <summary>Delivers what a grain has sent and stored: one at a time to each receiver, again and again until that has it (requirement m.5). Runs on the grain's scheduler, and ends with the activation.</summary>
/// <param name="kernel">The sender's kernel.</param>
/// <param name="kernels">What it works with.</param>
/// <param name="grains">Finds the receivers.</param>
/// <param name="keepActive">Keeps the grain active for a time.</param>
/// <param name="mayGo">Whether the activation is still good for it.</param>
/// <param name="ended">Ends with the activation.</param>
internal sealed class GrainSends<TState, TEvent>(
    ProcessKernel<TState, TEvent> kernel, GrainKernels kernels, IGrainFactory grains, Action<TimeSpan> keepActive, Func<bool> mayGo, CancellationToken ended)
    where TEvent : notnull
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(30);
    private readonly HashSet<string> _delivering = new(StringComparer.Ordinal);

    /// <summary>Begins to deliver what nobody delivers yet.</summary>
    public void Deliver()
    {
        if (kernel.UnacknowledgedSends == 0 || !mayGo())
            return;
        foreach (var receiver in kernel.Receivers)
        {
            if (_delivering.Add(receiver))
                _ = DeliverAsync(receiver);
        }
    }

    private async Task DeliverAsync(string receiver)
    {
        await Task.Yield();
        var grain = grains.GetGrain(GrainId.Parse(receiver, CultureInfo.InvariantCulture)).AsReference<IMessageGrain>();
        var delay = FirstDelay;
        var refused = 0;
        while (!ended.IsCancellationRequested && mayGo() && kernel.NextSend(receiver) is { } send)
        {
            try
            {
                await grain.Receive(GrainMessage.Of(kernel.Stream, send)).ConfigureAwait(true);
                kernel.Acknowledge(receiver, send.Number);
                (delay, refused) = (FirstDelay, 0);
                continue;
            }
            catch (Exception e) when (e is JournalException or TimeoutException or OrleansMessageRejectionException or SiloUnavailableException)
            {
                kernels.Services.Logger.GrainSendRetried(e, kernel.Stream, receiver, send.Number);
            }
            catch (Exception e)
            {
                kernels.Services.Logger.GrainSendRetried(e, kernel.Stream, receiver, send.Number);
                if (++refused >= kernels.Options.MaxDeliveryAttempts && await TrySetAsideAsync(receiver, send, e).ConfigureAwait(true))
                    refused = 0;
            }

            keepActive(delay + LongestDelay);
            await Task.Delay(delay * (1 + (Random.Shared.NextDouble() / 2)), kernels.Services.Time, ended)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay;
        }

        _delivering.Remove(receiver);
    }

    private async Task<bool> TrySetAsideAsync(string receiver, PendingSend send, Exception why)
    {
        try
        {
            var data = new EventData
            {
                Type = send.Message.Type,
                Data = send.Message.Data,
                Source = kernel.Stream,
                Id = send.Number.ToString(),
                Metadata = new Dictionary<string, string>(StringComparer.Ordinal) { ["error"] = why.Message },
            };
            await kernels.Services.Storage.Journal.AppendAsync("$dead/" + receiver, ExpectedVersion.Any, data, ended).ConfigureAwait(true);
            kernel.Acknowledge(receiver, send.Number);
            kernels.Services.Logger.GrainSendRefused(why, kernel.Stream, receiver, send.Number);
            return true;
        }
        catch (Exception e)
        {
            kernels.Services.Logger.GrainSendRetried(e, kernel.Stream, receiver, send.Number);
            return false;
        }
    }
}
