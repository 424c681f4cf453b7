namespace Orleans.Persist.Journal;

/// <summary>What became of an append.</summary>
/// <param name="Incarnation">The incarnation the events stand in.</param>
/// <param name="FirstVersion">The version of the append's first event; 0 for a producer's old duplicate (see <see cref="ProducerSequence"/>).</param>
/// <param name="LastVersion">The version of its last event, which is the stream's new version unless others have appended since.</param>
/// <param name="LastPosition">The position of its last event in the whole journal, or 0 where the plug-in has none.</param>
/// <param name="Recorded">When the journal recorded the events (UTC).</param>
/// <param name="Duplicate">Whether the events were there already, and nothing was stored.</param>
public readonly record struct AppendResult(
    int Incarnation,
    long FirstVersion,
    long LastVersion,
    long LastPosition,
    DateTimeOffset Recorded,
    bool Duplicate = false);
