using Microsoft.Extensions.Logging;
using Orleans.Persist.Processes;
using Orleans.Runtime;

namespace Orleans.Persist.Diagnostics;

/// <summary>The log messages of persistent grains. Event ids 1950 to 1979.</summary>
internal static partial class PersistentGrainLog
{
    [LoggerMessage(1950, LogLevel.Error, "Grain {GrainId} is deactivated, as its events could not be stored or applied. Its next activation recovers it")]
    public static partial void GrainStopped(this ILogger logger, Exception error, GrainId grainId);

    [LoggerMessage(1951, LogLevel.Error, "Grain {GrainId} has ended without its last snapshot")]
    public static partial void GrainNotEnded(this ILogger logger, Exception error, GrainId grainId);

    [LoggerMessage(1952, LogLevel.Warning, "Message {Number} from {Sender} to {Receiver} was not taken; it goes again")]
    public static partial void GrainSendRetried(this ILogger logger, Exception error, string sender, string receiver, SendNumber number);

    [LoggerMessage(1953, LogLevel.Error, "Message {Number} from {Sender} to {Receiver} was refused too often and is set aside")]
    public static partial void GrainSendRefused(this ILogger logger, Exception error, string sender, string receiver, SendNumber number);

    [LoggerMessage(1954, LogLevel.Warning, "Events of {Grain} cannot be forwarded to the stream {Stream}; again in {Delay}")]
    public static partial void ForwardingFailed(this ILogger logger, Exception error, string grain, string stream, TimeSpan delay);

    [LoggerMessage(1955, LogLevel.Warning, "The list of senders in {Stream} cannot be read or shortened now")]
    public static partial void SendersNotRead(this ILogger logger, Exception error, string stream);

    [LoggerMessage(1956, LogLevel.Information, "Grain {Grain} is active again, to send what was left when its activation on {Silo} was lost")]
    public static partial void SenderWoken(this ILogger logger, string grain, string silo);

    [LoggerMessage(1957, LogLevel.Warning, "Grain {Grain}, which ran on {Silo} and may have something left to send, cannot be woken; again in {Delay}")]
    public static partial void SenderNotWoken(this ILogger logger, Exception error, string grain, string silo, TimeSpan delay);

    [LoggerMessage(1958, LogLevel.Warning, "Grain {GrainId} could not be taken off the list of senders; it will be woken for nothing")]
    public static partial void SenderNotUnlisted(this ILogger logger, Exception error, GrainId grainId);

    [LoggerMessage(1959, LogLevel.Information, "Grain {GrainId} is deactivated, as the handler of a call threw and may have changed its state. Its next activation has the state as it was")]
    public static partial void HandlerThrew(this ILogger logger, Exception error, GrainId grainId);

    [LoggerMessage(1960, LogLevel.Error, "Timer {Timer} of grain {GrainId} failed; it fires again, in {Delay} at the earliest")]
    public static partial void TimerFailed(this ILogger logger, Exception error, GrainId grainId, string timer, TimeSpan delay);
}
