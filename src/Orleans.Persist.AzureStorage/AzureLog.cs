using Microsoft.Extensions.Logging;

namespace Orleans.Persist.AzureStorage;

/// <summary>What Azure Storage logs. Event ids from 1700.</summary>
internal static partial class AzureLog
{
    [LoggerMessage(1700, LogLevel.Error, "Table {Table}: work in the background failed. Nothing is lost; a sweep gives the space back.")]
    public static partial void BackgroundFailed(this ILogger logger, Exception exception, string table);
}
