namespace Orleans.Persist.Embedded.Files;

/// <summary>A flat directory of files: the seam at which the TestKit injects faults.</summary>
public interface IStorageDirectory
{
    /// <summary>Where it is, for messages.</summary>
    string Path { get; }

    /// <summary>Creates the directory where it is missing, durably.</summary>
    void Create();

    /// <summary>The names of the files in it, in no particular order; empty where the directory does not exist.</summary>
    IReadOnlyList<string> List();

    /// <summary>Opens an existing file for reading.</summary>
    /// <exception cref="FileNotFoundException">There is none of this name.</exception>
    IStorageFile OpenRead(string name);

    /// <summary>Opens a file for reading and writing, and creates it where it is missing. A new file is durable only after <see cref="Flush"/>.</summary>
    IStorageFile OpenWrite(string name);

    /// <summary>Removes a file. Durable only after <see cref="Flush"/>.</summary>
    void Delete(string name);

    /// <summary>Renames a file, replacing one of the new name, atomically. Durable only after <see cref="Flush"/>.</summary>
    void Rename(string from, string to);

    /// <summary>Completes once creations, removals and renames are on the device.</summary>
    void Flush();

    /// <summary>A directory below this one; it need not exist yet.</summary>
    IStorageDirectory Open(string name);

    /// <summary>Holds the directory for this process until disposed.</summary>
    /// <exception cref="IOException">Another process holds it.</exception>
    IDisposable Lock(string name);
}
