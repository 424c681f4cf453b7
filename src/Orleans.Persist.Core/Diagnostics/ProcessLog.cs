using Microsoft.Extensions.Logging;
using Orleans.Persist.Processes;

namespace Orleans.Persist.Diagnostics;

/// <summary>The log messages of persistent processes. Event ids 1400 to 1499.</summary>
internal static partial class ProcessLog
{
    [LoggerMessage(1400, LogLevel.Warning, "A snapshot of {Stream} was not used; an older one or the events are. {Problem}")]
    public static partial void SnapshotNotUsed(this ILogger logger, string stream, string? problem);

    [LoggerMessage(1401, LogLevel.Error, "A snapshot of {Stream} could not be saved; the one before it stays valid")]
    public static partial void SnapshotFailed(this ILogger logger, Exception error, string stream);

    [LoggerMessage(1402, LogLevel.Error, "Event {Version} of {Stream} (type {Type}) cannot be applied and is left out of the state, by policy {Policy}")]
    public static partial void PoisonEvent(this ILogger logger, Exception error, string stream, long version, string type, PoisonPolicy policy);

    [LoggerMessage(1403, LogLevel.Warning, "An append to {Stream} got no answer; attempt {Attempt} failed as well")]
    public static partial void AppendRetried(this ILogger logger, string stream, int attempt);

    [LoggerMessage(1404, LogLevel.Error, "Process {Stream} could not be activated")]
    public static partial void ActivationFailed(this ILogger logger, Exception error, string stream);

    [LoggerMessage(1405, LogLevel.Error, "Process {Stream} has stopped: what it handled could not be stored or applied. Its next message recovers it")]
    public static partial void ProcessStopped(this ILogger logger, Exception error, string stream);

    [LoggerMessage(1406, LogLevel.Warning, "Message {Number} from {Sender} to {Receiver} was not taken, attempt {Attempt}; it goes again")]
    public static partial void SendRetried(this ILogger logger, Exception error, string sender, string receiver, SendNumber number, int attempt);

    [LoggerMessage(1407, LogLevel.Error, "Message {Number} from {Sender} to {Receiver} was refused {Attempts} times and is set aside")]
    public static partial void SendRefused(this ILogger logger, Exception error, string sender, string receiver, SendNumber number, int attempts);

    [LoggerMessage(1408, LogLevel.Warning, "Process {Stream} handled a message that nobody waits for, and threw")]
    public static partial void CastFailed(this ILogger logger, Exception error, string stream);

    [LoggerMessage(1409, LogLevel.Information, "Rebuilt {Processes} processes of kind {Kind} from {Events} events")]
    public static partial void Rebuilt(this ILogger logger, int processes, string kind, long events);
}
