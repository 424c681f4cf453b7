using Orleans.Persist.Diagnostics;
using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Processes;

/// <summary>Delivers stored sends: one at a time from a sender to a receiver, again and again until the receiver has it (requirement m.5).</summary>
internal sealed class SendDelivery(ProcessHost host)
{
    /// <summary>The streams with messages that their receiver kept refusing: this, and the receiver's stream.</summary>
    public const string DeadPrefix = "$dead/";

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(30);

    /// <summary>Delivers a send, and tells the sender's cell once the receiver has it. Never throws; ends with the host.</summary>
    public async Task DeliverAsync(ProcessCell sender, PendingSend send)
    {
        var delay = FirstDelay;
        var refused = 0;
        for (var attempt = 1; !host.Ended.IsCancellationRequested; attempt++)
        {
            try
            {
                await PostAsync(sender.Stream, send, EnvelopeKind.Message).ConfigureAwait(false);
                Acknowledge(sender, send);
                return;
            }
            catch (Exception e) when (e is ProcessHostStoppedException or OperationCanceledException)
            {
                return; // not acknowledged: it goes again after the restart
            }
            catch (Exception e)
            {
                var receiver = ProcessId.OfStream(send.To);
                if (!IsTrouble(e) && ++refused >= (host.Find(receiver.Type)?.MaxDeliveryAttempts ?? int.MaxValue))
                {
                    host.Logger.SendRefused(e, sender.Stream, send.To, send.Number, refused);
                    if (await TrySetAsideAsync(sender, send, e).ConfigureAwait(false))
                        return;
                }
                else
                {
                    host.Logger.SendRetried(e, sender.Stream, send.To, send.Number, attempt);
                }
            }

            try
            {
                await Task.Delay(delay * (1 + (Random.Shared.NextDouble() / 2)), host.Time, host.Ended).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay;
        }
    }

    /// <summary>Whether it may pass by itself, other than a handler that refuses, a message that nobody can read any more, or one that makes events nobody can store.</summary>
    private static bool IsTrouble(Exception e) => e is MailboxFullException or TimeoutException
        or (JournalException and not (UnknownEventTypeException or UnsupportedSchemaVersionException or EventPayloadException or AppendTooLargeException));

    private async Task PostAsync(string sender, PendingSend send, EnvelopeKind kind)
    {
        var receiver = ProcessId.OfStream(send.To);
        var definition = host.Definition(receiver.Type);
        var message = kind == EnvelopeKind.Message ? definition.Decode(send.To, send.Message) : null;
        var envelope = new Envelope(kind, message, host.Time.GetUtcNow()) { Origin = new SendOrigin(sender, send.Number) };
        await host.PostAsync(receiver, envelope, host.Ended).ConfigureAwait(false);
        await envelope.Task.ConfigureAwait(false);
    }

    private async Task<bool> TrySetAsideAsync(ProcessCell sender, PendingSend send, Exception why)
    {
        try
        {
            var data = new EventData
            {
                Type = send.Message.Type,
                SchemaVersion = send.Message.SchemaVersion,
                Data = send.Message.Data,
                Source = sender.Stream,
                Id = send.Number.ToString(),
                Metadata = new Dictionary<string, string>(StringComparer.Ordinal) { ["error"] = why.Message },
            };
            await host.Storage.Journal.AppendAsync(DeadPrefix + send.To, ExpectedVersion.Any, data, host.Ended).ConfigureAwait(false);
            await PostAsync(sender.Stream, send, EnvelopeKind.SetAside).ConfigureAwait(false);
            Acknowledge(sender, send);
            return true;
        }
        catch (Exception e)
        {
            host.Logger.SendRetried(e, sender.Stream, send.To, send.Number, 0);
            return false;
        }
    }

    private void Acknowledge(ProcessCell sender, PendingSend send) =>
        sender.TryPost(new Envelope(EnvelopeKind.Acknowledged, send, host.Time.GetUtcNow()), always: true);
}
