using Orleans.Concurrency;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Sources;

/// <summary>An event source on a cluster; its key is the source's name. <see cref="IPersistEngine"/> is the comfortable way to it.</summary>
[Alias("Orleans.Persist.IEventSourceGrain")]
public interface IEventSourceGrain : IGrainWithStringKey
{
    /// <summary>Appends events, all or none, and answers once they are durable. Doing it again with the same ids, or the same producer's number, stores nothing twice.</summary>
    /// <inheritdoc cref="IJournal.AppendAsync"/>
    [Alias("Publish")]
    Task<AppendResult> Publish(EventBatch events);

    /// <summary>The durable state of the source's stream.</summary>
    [Alias("GetHead")]
    Task<StreamHead> GetHead();

    /// <summary>Every sink the source knows of, online or not, in the order of their names.</summary>
    [Alias("GetSinks")]
    Task<SinkStatus[]> GetSinks();

    /// <summary>Has one sink, or all that are online, export now; completes when the exports have ended, well or not.</summary>
    /// <exception cref="InvalidOperationException">The sink that is named is not online.</exception>
    [Alias("Export"), ResponseTimeout("00:10:00")]
    Task Export(string? sink, CancellationToken cancellationToken);

    /// <summary>Forgets a sink: stops it without an export, removes its exports and what the source has noted of it. If it is started again, it begins anew.</summary>
    [Alias("ForgetSink")]
    Task ForgetSink(string sink, CancellationToken cancellationToken);
}
