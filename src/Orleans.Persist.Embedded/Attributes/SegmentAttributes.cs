namespace Orleans.Persist.Embedded.Attributes;

/// <summary>The attribute index of one segment, in the state it is in: in memory while the segment is written, in a file when it is complete, or not there.</summary>
internal sealed class SegmentAttributes : IDisposable
{
    private AttributeFile? _file;

    /// <summary>Guards the table.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The index in a file, once it has been opened.</summary>
    public AttributeFile? File
    {
        get => Volatile.Read(ref _file);
        set => Volatile.Write(ref _file, value);
    }

    /// <summary>The index in memory, where the segment was asked while it was being written.</summary>
    public AttributeTable? Table { get; set; }

    /// <summary>Up to which offset the table covers the segment.</summary>
    public long Covered { get; set; } = Format.SegmentHeader.Length;

    /// <summary>1 once the file has been looked for, and is being made where it was missing.</summary>
    public int Requested;

    public void Dispose() => File?.Dispose();
}
