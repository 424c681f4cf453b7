using Orleans.Persist.Journal;

namespace Orleans.Persist.Sources;

/// <summary>Reads one source's stream on behalf of those who have no journal, in calls of bounded size and time.</summary>
internal interface IEventReader : IAddressable
{
    /// <summary>The durable state of the stream.</summary>
    [Alias("ReadHead")]
    Task<StreamHead> ReadHead();

    /// <summary>The first part of what is asked for.</summary>
    [Alias("ReadPage")]
    Task<ReadPart> ReadPage(ReadRequest request, CancellationToken cancellationToken);

    /// <summary>The state of the stream once it is beyond a version, or after some seconds as it is.</summary>
    [Alias("WaitForAppend")]
    Task<StreamHead> WaitForAppend(int incarnation, long version, CancellationToken cancellationToken);
}
