namespace Orleans.Persist.LogConsistency;

/// <summary>From which of Orleans' own log-consistency providers grains move in.</summary>
public enum LogImport
{
    /// <summary>From none.</summary>
    None = 0,

    /// <summary>From <c>LogStorage</c>: its events become the first events of the journal, with the same versions.</summary>
    LogStorage = 1,

    /// <summary>From <c>StateStorage</c>, which keeps no events: the state becomes the first entry of the journal, so versions begin at 1.</summary>
    StateStorage = 2,
}
