using System.Globalization;
using Orleans.Persist.Journal;

namespace Orleans.Persist.AzureStorage.Tables;

/// <summary>Something is beyond what the Table service takes. Nothing was sent.</summary>
internal sealed class TableLimitException(string what, long size, long limit)
    : JournalException(string.Create(CultureInfo.InvariantCulture, $"{what} is {size:N0}; the Table service takes {limit:N0}. Nothing was sent."))
{
    public long Size { get; } = size;

    public long Limit { get; } = limit;
}
