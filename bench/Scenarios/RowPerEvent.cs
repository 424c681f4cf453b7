using System.Globalization;
using System.Text.Json;
using Orleans.Persist.AzureStorage;
using Orleans.Persist.AzureStorage.Rest;
using Orleans.Persist.AzureStorage.Tables;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Bench.Scenarios;

/// <summary>What the journal is compared with: a row for each event, a transaction of up to 100 rows for each commit, over the same pipeline. Checks no versions, which favours it.</summary>
internal sealed class RowPerEvent
{
    private readonly TableClient _table;
    private long _version;

    private RowPerEvent(TableClient table) => _table = table;

    public static async Task<RowPerEvent> OpenAsync(AzureStorageOptions options, CancellationToken cancellationToken)
    {
        var table = new TableClient(StoragePipeline.ForTables(StorageAccount.Of(options), options), options.TableName);
        await table.CreateAsync(cancellationToken);
        return new RowPerEvent(table);
    }

    public async Task AppendAsync(IReadOnlyList<EventData> events, CancellationToken cancellationToken)
    {
        using var batch = _table.NewBatch();
        foreach (var @event in events)
            batch.Insert(new EventRow { RowKey = (++_version).ToString("D19", CultureInfo.InvariantCulture), Event = @event });
        var (outcome, _) = await _table.SubmitAsync(batch, cancellationToken);
        if (!outcome.Happened)
            throw new InvalidOperationException($"A transaction failed with {outcome.Status} {outcome.Code}.");
    }

    private sealed class EventRow : ITableRow
    {
        public string PartitionKey { get; set; } = "stream";

        public string RowKey { get; set; } = "";

        public EventData? Event { get; set; }

        public void Write(EntityWriter writer)
        {
            writer.Text("Type", Event!.Type);
            writer.Text("Id", Event.Id ?? "");
            writer.Binary("Data", Event.Data.Span);
        }

        public void Read(ReadOnlySpan<byte> name, ref Utf8JsonReader value)
        {
        }
    }
}
