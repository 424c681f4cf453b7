namespace Orleans.Persist.TestKit.Faults;

/// <summary>What can be asked of a <see cref="FaultyDisk"/>, and so can be made to fail or to wait.</summary>
public enum StorageOperation
{
    /// <summary>Reading from a file.</summary>
    Read,

    /// <summary>Writing to a file.</summary>
    Write,

    /// <summary>Flushing a file.</summary>
    Flush,

    /// <summary>Setting a file's length.</summary>
    SetLength,

    /// <summary>Opening a file that exists.</summary>
    OpenFile,

    /// <summary>Creating a file.</summary>
    CreateFile,

    /// <summary>Removing a file.</summary>
    DeleteFile,

    /// <summary>Renaming a file.</summary>
    RenameFile,

    /// <summary>Creating a directory.</summary>
    CreateDirectory,

    /// <summary>Listing a directory.</summary>
    ListDirectory,

    /// <summary>Flushing a directory.</summary>
    FlushDirectory,
}
