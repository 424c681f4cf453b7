using System.Text.Json;
using Orleans.Persist.AzureStorage.Tables;
using Orleans.Persist.Journal;

namespace Orleans.Persist.AzureStorage.Rows;

/// <summary>A producer's newest number in a stream's incarnation, and the result its append had. Written in the transaction of that append.</summary>
internal sealed class ProducerRow : ITableRow
{
    public string PartitionKey { get; set; } = "";

    public string RowKey { get; set; } = "";

    public long Sequence { get; set; }

    public long FirstVersion { get; set; }

    public long LastVersion { get; set; }

    /// <summary>In ticks, UTC.</summary>
    public long Recorded { get; set; }

    public AppendResult ToResult(int incarnation) =>
        new(incarnation, FirstVersion, LastVersion, 0, new DateTimeOffset(Recorded, TimeSpan.Zero), Duplicate: true);

    public void Write(EntityWriter writer)
    {
        writer.Int64("Sequence", Sequence);
        writer.Int64("FirstVersion", FirstVersion);
        writer.Int64("LastVersion", LastVersion);
        writer.Int64("Recorded", Recorded);
    }

    public void Read(ReadOnlySpan<byte> name, ref Utf8JsonReader value)
    {
        if (name.SequenceEqual("Sequence"u8))
            Sequence = Values.Int64(ref value);
        else if (name.SequenceEqual("FirstVersion"u8))
            FirstVersion = Values.Int64(ref value);
        else if (name.SequenceEqual("LastVersion"u8))
            LastVersion = Values.Int64(ref value);
        else if (name.SequenceEqual("Recorded"u8))
            Recorded = Values.Int64(ref value);
    }
}
