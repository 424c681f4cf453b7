namespace Orleans.Persist.Journal;

/// <summary>Stored bytes do not check. Says where; nothing is skipped.</summary>
public sealed class JournalDamagedException(string what, string place, string? stream = null, long version = 0, Exception? inner = null)
    : JournalException(
        $"{place}: {what}{(stream is null ? "" : $" (stream '{stream}', version {version})")}", inner)
{
    /// <summary>What does not check.</summary>
    public string What { get; } = what;

    /// <summary>Where the damage is: a file and offset, or a row.</summary>
    public string Place { get; } = place;

    /// <summary>The stream concerned, where that is known.</summary>
    public string? Stream { get; } = stream;

    /// <summary>The version concerned, where that is known, else 0.</summary>
    public long Version { get; } = version;
}
