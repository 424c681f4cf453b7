using Microsoft.Extensions.Logging;

namespace Orleans.Persist.Embedded;

/// <summary>What the embedded storage logs. Event ids from 1300.</summary>
internal static partial class EmbeddedLog
{
    [LoggerMessage(1300, LogLevel.Warning, "{Path}: {Bytes} bytes at the end, at {Place}, were left unfinished by a crash and cut off. None of them was acknowledged.")]
    public static partial void TornEndCut(this ILogger logger, string path, long bytes, string? place);

    [LoggerMessage(1301, LogLevel.Error, "{Path}: work in the background failed. Nothing is lost; space may not be given back.")]
    public static partial void BackgroundFailed(this ILogger logger, Exception exception, string path);
}
