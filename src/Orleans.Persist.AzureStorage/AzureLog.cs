using Microsoft.Extensions.Logging;

namespace Orleans.Persist.AzureStorage;

/// <summary>What Azure Storage logs. Event ids from 1700.</summary>
internal static partial class AzureLog
{
    [LoggerMessage(1700, LogLevel.Error, "Table {Table}: work in the background failed. Nothing is lost; it is made up for later.")]
    public static partial void BackgroundFailed(this ILogger logger, Exception exception, string table);

    [LoggerMessage(1701, LogLevel.Information, "Table {Table} was swept: {Rows} rows and {Blobs} blobs that nothing uses were removed.")]
    public static partial void Swept(this ILogger logger, string table, long rows, long blobs);
}
