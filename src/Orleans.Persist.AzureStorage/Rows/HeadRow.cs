using System.Text.Json;
using Orleans.Persist.AzureStorage.Tables;
using Orleans.Persist.Journal;

namespace Orleans.Persist.AzureStorage.Rows;

/// <summary>The state of a stream. Every change of the stream replaces it under its ETag, so of two that start from the same state one fails. It survives a deletion.</summary>
internal sealed class HeadRow : ITableRow
{
    public string PartitionKey { get; set; } = "";

    public string RowKey { get; set; } = StreamKey.Head;

    /// <summary>The stream's name.</summary>
    public string Name { get; set; } = "";

    public int Incarnation { get; set; } = 1;

    public long Version { get; set; }

    public long FirstVersion { get; set; } = 1;

    /// <summary>In ticks, UTC.</summary>
    public long Recorded { get; set; }

    public static HeadRow None(StreamKey key) => new() { PartitionKey = key.Partition, Name = key.Name };

    public StreamHead ToHead() => new(Name, Incarnation, Version, FirstVersion, new DateTimeOffset(Recorded, TimeSpan.Zero));

    public bool IsSameAs(HeadRow other) =>
        (Incarnation, Version, FirstVersion, Recorded) == (other.Incarnation, other.Version, other.FirstVersion, other.Recorded);

    public HeadRow Copy() => (HeadRow)MemberwiseClone();

    public void Write(EntityWriter writer)
    {
        writer.Text("Name", Name);
        writer.Int32("Incarnation", Incarnation);
        writer.Int64("Version", Version);
        writer.Int64("FirstVersion", FirstVersion);
        writer.Int64("Recorded", Recorded);
    }

    public void Read(ReadOnlySpan<byte> name, ref Utf8JsonReader value)
    {
        if (name.SequenceEqual("Name"u8))
            Name = value.GetString() ?? "";
        else if (name.SequenceEqual("Incarnation"u8))
            Incarnation = (int)Values.Int64(ref value);
        else if (name.SequenceEqual("Version"u8))
            Version = Values.Int64(ref value);
        else if (name.SequenceEqual("FirstVersion"u8))
            FirstVersion = Values.Int64(ref value);
        else if (name.SequenceEqual("Recorded"u8))
            Recorded = Values.Int64(ref value);
    }

    /// <summary>Throws where the row cannot be a stream's head, or is another stream's.</summary>
    /// <exception cref="JournalDamagedException">It cannot; the message says why.</exception>
    public HeadRow Check(StreamKey key, string table)
    {
        var what = Name != key.Name ? $"the head is that of stream '{Name}'"
            : Incarnation < 1 || Version < 0 || FirstVersion < 1 || FirstVersion > Version + 1 || Recorded is < 0 or > 3155378975999999999
                ? $"the head makes no sense: incarnation {Incarnation}, version {Version}, first version {FirstVersion}, recorded {Recorded}"
                : null;
        return what is null ? this : throw new JournalDamagedException(what, $"{table}, partition '{key.Partition}', row '{StreamKey.Head}'", key.Name, Version);
    }
}
