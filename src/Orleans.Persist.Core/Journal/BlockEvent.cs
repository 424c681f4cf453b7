namespace Orleans.Persist.Journal;

/// <summary>One event of an <see cref="EventBlock"/>: where its bytes are, and what the journal knows of it.</summary>
/// <param name="StreamKey">The hash of its stream's name (<see cref="Serialization.StableHash"/> of the UTF-8).</param>
/// <param name="Version">Its version.</param>
/// <param name="Position">Its place in the whole journal.</param>
/// <param name="RecordedTicks">When it was recorded, in UTC ticks.</param>
/// <param name="Incarnation">The incarnation of its stream.</param>
/// <param name="StreamOffset">Where the name of its stream begins.</param>
/// <param name="StreamLength">How long that is.</param>
/// <param name="BodyOffset">Where its bytes begin.</param>
/// <param name="BodyLength">How many they are.</param>
public readonly record struct BlockEvent(
    ulong StreamKey, long Version, long Position, long RecordedTicks, int Incarnation, int StreamOffset, int StreamLength, int BodyOffset, int BodyLength);
