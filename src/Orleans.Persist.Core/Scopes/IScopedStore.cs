using Orleans.Persist.Journal;

namespace Orleans.Persist.Scopes;

/// <summary>Values with a time to live, at global, bridge and instance scope (requirements t.1 to t.4, t.8). <see cref="ScopedStore"/> keeps them in one process; others may stand behind it.</summary>
/// <remarks>All members are safe for concurrent use. What a caller was answered is seen by every load that begins afterwards.</remarks>
public interface IScopedStore
{
    /// <summary>Saves a value over the one that is there, if any, and completes once it is durable.</summary>
    /// <param name="location">Where.</param>
    /// <param name="value">The value; may be empty. It is copied.</param>
    /// <param name="timeToLive">How long it can be loaded, from now on; zero for the default of its scope (requirement t.3). At most <see cref="int.MaxValue"/> seconds.</param>
    /// <param name="cancellationToken">Ends the wait; the save has then happened whole or not at all.</param>
    /// <exception cref="ArgumentException">A name is empty, too long or not valid UTF-16, the value is too long, or the time to live is negative or too long; the message says which.</exception>
    /// <exception cref="ScopedStoreFullException">The store is full. Nothing was saved.</exception>
    /// <exception cref="JournalUnavailableException">The storage failed. The value may have been saved: save it again, or load it once the storage works.</exception>
    ValueTask SaveAsync(ScopedLocation location, ReadOnlyMemory<byte> value, TimeSpan timeToLive = default, CancellationToken cancellationToken = default);

    /// <summary>Loads a value, or says why there is none.</summary>
    /// <exception cref="ArgumentException">A name is empty, too long or not valid UTF-16.</exception>
    ValueTask<LoadResult> TryLoadAsync(ScopedLocation location, CancellationToken cancellationToken = default);

    /// <summary>Deletes a value, and the memory of one that has expired, and completes once that is durable. Succeeds where there is none (requirement t.4).</summary>
    /// <exception cref="ArgumentException">A name is empty, too long or not valid UTF-16.</exception>
    /// <exception cref="JournalUnavailableException">The storage failed. The value may have been deleted: delete it again.</exception>
    ValueTask DeleteAsync(ScopedLocation location, CancellationToken cancellationToken = default);
}
