namespace Orleans.Persist.Journal;

/// <summary>A journal that can recognize events by source and id over the whole history of a stream, and not only among its newest (<see cref="JournalLimits.IdWindow"/>). Event sources ask for it.</summary>
public interface IExactIdJournal : IJournal
{
    /// <summary>
    /// Has every append to a stream from now on compared with all events of its incarnation that are kept: an event that has been truncated away may come again.
    /// It stays so while the journal is open; asking again changes nothing. What it takes is kept in memory: two bytes or so for each event with an id of its own.
    /// </summary>
    /// <param name="stream">The stream; it need not be there yet.</param>
    /// <exception cref="ArgumentException">The name breaks the rule.</exception>
    void RememberIds(string stream);
}
