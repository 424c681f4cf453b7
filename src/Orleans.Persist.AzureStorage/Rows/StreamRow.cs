using System.Text.Json;
using Orleans.Persist.AzureStorage.Tables;

namespace Orleans.Persist.AzureStorage.Rows;

/// <summary>A row of a query that brings a stream's commits and, behind them, its head.</summary>
internal sealed class StreamRow : ITableRow
{
    public string PartitionKey { get; set; } = "";

    public string RowKey { get; set; } = "";

    /// <summary>The row as a commit, if it is one.</summary>
    public CommitRow Commit { get; } = new();

    /// <summary>The row as the head, if it is that.</summary>
    public HeadRow? Head { get; private set; }

    public bool IsHead => RowKey is StreamKey.Head;

    public void Write(EntityWriter writer) => throw new NotSupportedException("Rows are written as what they are.");

    public void Read(ReadOnlySpan<byte> name, ref Utf8JsonReader value)
    {
        Commit.Read(name, ref value);
        if (name.SequenceEqual("FirstVersion"u8))
            (Head ??= new HeadRow()).FirstVersion = Commit.FirstVersion;
        else if (name.SequenceEqual("Name"u8) || name.SequenceEqual("Incarnation"u8) || name.SequenceEqual("Version"u8) || name.SequenceEqual("Recorded"u8))
            (Head ??= new HeadRow()).Read(name, ref value);
    }

    /// <summary>The commit with its keys.</summary>
    public CommitRow ToCommit()
    {
        (Commit.PartitionKey, Commit.RowKey) = (PartitionKey, RowKey);
        return Commit;
    }
}
