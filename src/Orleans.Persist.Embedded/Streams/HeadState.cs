using Orleans.Persist.Journal;

namespace Orleans.Persist.Embedded.Streams;

/// <summary>A stream's head as the engine holds it.</summary>
internal readonly record struct HeadState(int Incarnation, long Version, long FirstVersion, long Recorded)
{
    public static HeadState None { get; } = new(1, 0, 1, 0);

    public StreamHead ToHead(string stream) => new(stream, Incarnation, Version, FirstVersion, new DateTimeOffset(Recorded, TimeSpan.Zero));
}
