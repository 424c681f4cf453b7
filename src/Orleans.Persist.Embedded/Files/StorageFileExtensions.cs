using Orleans.Persist.Journal;

namespace Orleans.Persist.Embedded.Files;

/// <summary>Reading for callers of the journal, who are told of a failing storage in its own terms.</summary>
internal static class StorageFileExtensions
{
    /// <summary>Reads as <see cref="IStorageFile.Read"/> does.</summary>
    /// <exception cref="JournalUnavailableException">The storage fails.</exception>
    public static int ReadOrFail(this IStorageFile file, string name, long offset, Span<byte> buffer)
    {
        try
        {
            return file.Read(offset, buffer);
        }
        catch (IOException e)
        {
            throw new JournalUnavailableException($"{name} cannot be read at offset {offset}: {e.Message}", e);
        }
    }
}
