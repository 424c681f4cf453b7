using System.Globalization;
using Orleans.Persist.Diagnostics;
using Orleans.Persist.Journal;
using Orleans.Persist.Processes;
using Orleans.Runtime;

namespace Orleans.Persist.Grains;

/// <content>Messages to other persistent grains: stored with the turn that sends them, delivered after it is durable, taking effect once (requirement m.5).</content>
public abstract partial class PersistentGrain<TState, TEvent> : IMessageGrain
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(30);
    private readonly HashSet<string> _delivering = new(StringComparer.Ordinal);

    /// <summary>How many messages were sent and not acknowledged yet.</summary>
    protected int UnacknowledgedSends => Kernel.UnacknowledgedSends;

    /// <summary>Sends a message to another persistent grain, with this turn.</summary>
    /// <param name="to">The receiver.</param>
    /// <param name="message">The message; Orleans must be able to serialize it.</param>
    /// <exception cref="ArgumentException">It cannot be serialized.</exception>
    /// <exception cref="InvalidOperationException">From within <see cref="Apply"/>, which is repeated in every rebuild; or too many wait for their acknowledgement.</exception>
    protected void Send(GrainId to, object message) => Turn.Send(ProcessId.OfStream(to.ToString()), message);

    /// <inheritdoc cref="Send(GrainId, object)"/>
    protected void Send(IAddressable to, object message) => Send(to.GetGrainId(), message);

    /// <inheritdoc/>
    Task IMessageGrain.Wake() => Task.CompletedTask; // being active is all it takes

    /// <inheritdoc/>
    async Task IMessageGrain.Receive(GrainMessage message)
    {
        if (Kernel.IsDuplicate(message.Origin))
            return; // it took effect before; only the acknowledgement was lost
        await CompleteAsync().ConfigureAwait(true);
        Kernel.BeginCommand(Kernels.Services.Time.GetUtcNow(), message.Origin);
        await OnMessage(Kernels.Sends.Decode(message)).ConfigureAwait(true);
    }

    private void Deliver()
    {
        if (_failure is not null || Kernel.UnacknowledgedSends == 0)
            return;
        foreach (var receiver in Kernel.Receivers)
        {
            if (_delivering.Add(receiver))
                _ = DeliverAsync(receiver);
        }
    }

    /// <summary>Delivers to one receiver, one message after another, each again and again until the receiver has it.</summary>
    private async Task DeliverAsync(string receiver)
    {
        await Task.Yield();
        var grain = GrainFactory.GetGrain(GrainId.Parse(receiver, CultureInfo.InvariantCulture)).AsReference<IMessageGrain>();
        var delay = FirstDelay;
        var refused = 0;
        while (!_ended.IsCancellationRequested && _failure is null && Kernel.NextSend(receiver) is { } send)
        {
            try
            {
                await grain.Receive(GrainMessage.Of(Stream, send)).ConfigureAwait(true);
                Kernel.Acknowledge(receiver, send.Number);
                (delay, refused) = (FirstDelay, 0);
                continue;
            }
            catch (Exception e) when (e is JournalException or TimeoutException or OrleansMessageRejectionException or SiloUnavailableException)
            {
                Kernels.Services.Logger.GrainSendRetried(e, Stream, receiver, send.Number);
            }
            catch (Exception e)
            {
                Kernels.Services.Logger.GrainSendRetried(e, Stream, receiver, send.Number);
                if (++refused >= Kernels.Options.MaxDeliveryAttempts && await TrySetAsideAsync(receiver, send, e).ConfigureAwait(true))
                    refused = 0;
            }

            DelayDeactivation(delay + LongestDelay);
            await Task.Delay(delay * (1 + (System.Random.Shared.NextDouble() / 2)), Kernels.Services.Time, _ended.Token)
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
                Source = Stream,
                Id = send.Number.ToString(),
                Metadata = new Dictionary<string, string>(StringComparer.Ordinal) { ["error"] = why.Message },
            };
            await Kernels.Services.Storage.Journal.AppendAsync("$dead/" + receiver, ExpectedVersion.Any, data, _ended.Token).ConfigureAwait(true);
            Kernel.Acknowledge(receiver, send.Number);
            Kernels.Services.Logger.GrainSendRefused(why, Stream, receiver, send.Number);
            return true;
        }
        catch (Exception e)
        {
            Kernels.Services.Logger.GrainSendRetried(e, Stream, receiver, send.Number);
            return false;
        }
    }
}
