using System.Net;
using Orleans.Persist.AzureStorage.Rest;
using Orleans.Persist.AzureStorage.Tables;
using Orleans.Persist.AzureStorage.Tests.Support;

namespace Orleans.Persist.AzureStorage.Tests.Driver;

/// <summary>Azurite does not enforce all of the Table service's limits, so they are enforced here, and nothing is sent.</summary>
[Trait("Requirement", "o.10")]
public sealed class TableLimitTests
{
    private readonly StubHandler _service = new((_, _) => StubHandler.Answer(HttpStatusCode.NoContent));
    private readonly TableClient _table;

    public TableLimitTests()
    {
        var options = _service.NewOptions();
        _table = new TableClient(StoragePipeline.ForTables(StorageAccount.Of(options), options), "table");
    }

    [Fact]
    public async Task A_row_just_within_every_limit_is_sent()
    {
        var row = new TestRow { PartitionKey = new string('p', 512), RowKey = new string('r', 512), Properties = w => w.Binary("b", new byte[65_536]) };
        Assert.True(await _table.InsertAsync(row, default));
        row.Properties = w => w.Text("t", new string('x', 32_768));
        Assert.True(await _table.InsertAsync(row, default));
        row.Properties = w => Many(w, 252);
        Assert.True(await _table.InsertAsync(row, default));
        Assert.Equal(3, _service.Requests.Count);
    }

    [Fact]
    public async Task A_property_over_64_KiB_is_refused()
    {
        await RefusedAsync(new TestRow { Properties = w => w.Binary("big", new byte[65_537]) }, "property 'big'", 65_537, 65_536);
        await RefusedAsync(new TestRow { Properties = w => w.Text("text", new string('x', 32_769)) }, "property 'text'", 65_538, 65_536);
    }

    [Fact]
    public async Task A_row_over_1_MiB_is_refused_as_the_service_counts_it()
    {
        // 4 + 2 × 2 for keys of a character each; 8 + 2 × 1 + 4 + 65,536 for each of 15 columns.
        const int Columns = 15 * (8 + 2 + 4 + 65_536);
        const int Rest = (1 << 20) - 8 - Columns - (8 + 2 + 4);
        void Full(EntityWriter writer, int rest)
        {
            for (var i = 0; i < 15; i++)
                writer.Binary($"{(char)('a' + i)}", new byte[65_536]);
            writer.Binary("z", new byte[rest]);
        }

        Assert.True(await _table.InsertAsync(new TestRow { Properties = w => Full(w, Rest) }, default));
        _service.Clear();
        await RefusedAsync(new TestRow { Properties = w => Full(w, Rest + 1) }, "size of row 'r'", (1 << 20) + 1, 1 << 20);
    }

    [Fact]
    public Task More_than_252_properties_are_refused() =>
        RefusedAsync(new TestRow { Properties = w => Many(w, 253) }, "number of properties", 253, 252);

    [Fact]
    public async Task A_key_over_1_KiB_is_refused()
    {
        await RefusedAsync(new TestRow { PartitionKey = new string('p', 513) }, "partition key", 1026, 1024);
        await RefusedAsync(new TestRow { RowKey = new string('r', 513) }, "row key", 1026, 1024);
    }

    [Fact]
    public Task A_property_name_over_255_characters_is_refused() =>
        RefusedAsync(new TestRow { Properties = w => w.Int32(new string('n', 256), 1) }, "name of property", 256, 255);

    [Fact]
    public void A_transaction_of_more_than_100_operations_is_refused()
    {
        using var batch = _table.NewBatch();
        for (var i = 0; i < 100; i++)
            batch.Insert(new TestRow { RowKey = $"{i}" });
        var error = Assert.Throws<TableLimitException>(() => batch.Delete("p", "x"));
        Assert.Equal((101, 100), (error.Size, error.Limit));
    }

    [Fact]
    public async Task A_transaction_over_4_MiB_is_refused()
    {
        using var batch = _table.NewBatch();
        for (var row = 0; row < 4; row++)
        {
            batch.Insert(new TestRow
            {
                RowKey = $"{row}",
                Properties = w =>
                {
                    for (var i = 0; i < 12; i++)
                        w.Binary($"c{i}", new byte[65_536]);
                },
            });
        }

        var error = await Assert.ThrowsAsync<TableLimitException>(() => _table.SubmitAsync(batch, default));
        Assert.InRange(error.Size, (4 << 20) + 1, 5 << 20); // 3 MiB of bytes are 4 MiB of Base64
        Assert.Empty(_service.Requests);
    }

    [Fact]
    public void A_transaction_keeps_to_one_partition()
    {
        using var batch = _table.NewBatch();
        batch.Insert(new TestRow());
        Assert.Throws<InvalidOperationException>(() => batch.Insert(new TestRow { PartitionKey = "other" }));
    }

    private async Task RefusedAsync(TestRow row, string says, long size, long limit)
    {
        var error = await Assert.ThrowsAsync<TableLimitException>(() => _table.InsertAsync(row, default));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Equal((size, limit), (error.Size, error.Limit));
        Assert.Empty(_service.Requests);
    }

    private static void Many(EntityWriter writer, int count)
    {
        for (var i = 0; i < count; i++)
            writer.Int32($"p{i}", i);
    }
}
