using System.Text.Json;
using Orleans.Persist.AzureStorage.Tables;

namespace Orleans.Persist.AzureStorage.Rows;

/// <summary>The events of one append, packed as a <see cref="CommitFrame"/> into binary columns of 64 KiB, or in a blob that the row names.</summary>
internal sealed class CommitRow : ITableRow
{
    /// <summary>How many columns a frame may take: with the keys and the ids beside them a row stays below 1 MiB.</summary>
    public const int MaxColumns = 15;

    /// <summary>The largest frame that a row takes; larger ones go to a blob.</summary>
    public const int MaxFrame = MaxColumns * TableLimits.PropertyBytes;

    /// <summary>All columns but the events, for those who look for ids, blobs or bounds.</summary>
    public const string Outline = "RowKey,FirstVersion,Commit,Ids,Blob,Length,Checksum";

    private static readonly string[] ColumnNames = [.. Enumerable.Range(0, MaxColumns).Select(i => $"Data{i:D2}")];
    private byte[]?[]? _columns;

    public string PartitionKey { get; set; } = "";

    public string RowKey { get; set; } = "";

    public long FirstVersion { get; set; }

    /// <summary>A random number by which a writer that lost the answer recognizes its own commit.</summary>
    public Guid Commit { get; set; }

    /// <summary>The identities of the newest of its events, 8 bytes each; empty where none has an id of its own.</summary>
    public ReadOnlyMemory<byte> Ids { get; set; }

    /// <summary>The blob that has the frame, or null where the row has it.</summary>
    public string? Blob { get; set; }

    /// <summary>The frame's length.</summary>
    public long Length { get; set; }

    /// <summary>The frame's CRC-32C.</summary>
    public uint Checksum { get; set; }

    /// <summary>The frame to write, where it goes into the row.</summary>
    public ReadOnlyMemory<byte> Frame { get; set; }

    public long LastVersion => StreamKey.ParseCommit(RowKey)?.Last ?? 0;

    public int Incarnation => StreamKey.ParseCommit(RowKey)?.Incarnation ?? 0;

    public void Write(EntityWriter writer)
    {
        writer.Int64("FirstVersion", FirstVersion);
        writer.Binary("Commit", Commit.ToByteArray());
        writer.Int64("Length", Length);
        writer.Int64("Checksum", Checksum);
        if (!Ids.IsEmpty)
            writer.Binary("Ids", Ids.Span);
        if (Blob is not null)
        {
            writer.Text("Blob", Blob);
            return;
        }

        var column = 0;
        for (var at = 0; at < Frame.Length; at += TableLimits.PropertyBytes)
            writer.Binary(ColumnNames[column++], Frame.Span.Slice(at, Math.Min(TableLimits.PropertyBytes, Frame.Length - at)));
    }

    public void Read(ReadOnlySpan<byte> name, ref Utf8JsonReader value)
    {
        if (name.Length is 6 && name.StartsWith("Data"u8) && char.IsAsciiDigit((char)name[4]) && char.IsAsciiDigit((char)name[5]))
            ReadColumn(((name[4] - '0') * 10) + name[5] - '0', ref value);
        else if (name.SequenceEqual("FirstVersion"u8))
            FirstVersion = Values.Int64(ref value);
        else if (name.SequenceEqual("Commit"u8))
            Commit = value.GetBytesFromBase64() is { Length: 16 } id ? new Guid(id) : default;
        else if (name.SequenceEqual("Ids"u8))
            Ids = value.GetBytesFromBase64();
        else if (name.SequenceEqual("Blob"u8))
            Blob = value.GetString();
        else if (name.SequenceEqual("Length"u8))
            Length = Values.Int64(ref value);
        else if (name.SequenceEqual("Checksum"u8))
            Checksum = (uint)Values.Int64(ref value);
    }

    /// <summary>The frame that was read with the row, in an array that nobody else has.</summary>
    public byte[] TakeFrame()
    {
        var columns = _columns ?? [];
        _columns = null;
        if (columns is [{ } only])
            return only;
        var frame = GC.AllocateUninitializedArray<byte>(columns.Sum(c => c?.Length ?? 0));
        var at = 0;
        foreach (var column in columns)
        {
            column?.CopyTo(frame, at);
            at += column?.Length ?? 0;
        }

        return frame;
    }

    private void ReadColumn(int column, ref Utf8JsonReader value)
    {
        if (column >= MaxColumns)
            return;
        var columns = _columns ?? [];
        if (columns.Length <= column)
            Array.Resize(ref columns, column + 1);
        columns[column] = value.GetBytesFromBase64();
        _columns = columns;
    }
}
