using System.Text.Json;
using Orleans.Persist.AzureStorage.Tables;

namespace Orleans.Persist.AzureStorage.Rows;

/// <summary>Which snapshots an owner has, oldest first. Replaced under its ETag by every save. Apart from the stream's head, so that saves and appends do not get into each other's way.</summary>
internal sealed class SnapshotsRow : ITableRow
{
    public string PartitionKey { get; set; } = "";

    public string RowKey { get; set; } = StreamKey.Snapshots;

    /// <summary>The owner.</summary>
    public string Name { get; set; } = "";

    public KeptSnapshot[] Kept { get; set; } = [];

    public void Write(EntityWriter writer)
    {
        writer.Text("Name", Name);
        var bytes = new byte[Kept.Length * KeptSnapshot.Size];
        for (var i = 0; i < Kept.Length; i++)
            Kept[i].Write(bytes.AsSpan(i * KeptSnapshot.Size));
        writer.Binary("Kept", bytes);
    }

    public void Read(ReadOnlySpan<byte> name, ref Utf8JsonReader value)
    {
        if (name.SequenceEqual("Name"u8))
        {
            Name = value.GetString() ?? "";
        }
        else if (name.SequenceEqual("Kept"u8))
        {
            var bytes = value.GetBytesFromBase64();
            if (bytes.Length % KeptSnapshot.Size != 0)
                throw new FormatException($"A list of snapshots of {bytes.Length} bytes.");
            Kept = [.. Enumerable.Range(0, bytes.Length / KeptSnapshot.Size).Select(i => KeptSnapshot.Read(bytes.AsSpan(i * KeptSnapshot.Size)))];
        }
    }
}
