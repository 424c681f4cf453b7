using Orleans.Persist.Audit;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Sources;

/// <summary>A named stream that many publish to and sinks listen to, wherever it runs (in process or on a cluster).</summary>
public interface IEventSource
{
    /// <summary>The source's name, which is the name of its stream.</summary>
    string Name { get; }

    /// <summary>The source's audit checkpoints (requirement s.8); null where they cannot be taken from here.</summary>
    AuditTrail? Audit => null;

    /// <summary>Appends events, all or none, and completes once they are durable. Delivery to sinks follows and is not waited for.</summary>
    /// <inheritdoc cref="IJournal.AppendAsync"/>
    ValueTask<AppendResult> PublishAsync(
        ReadOnlyMemory<EventData> events, ProducerSequence? producer = null, CancellationToken cancellationToken = default);

    /// <summary>Appends events as <see cref="PublishAsync(ReadOnlyMemory{EventData}, ProducerSequence?, CancellationToken)"/> does, if the source and the aggregates are as expected (requirement s.1).</summary>
    /// <exception cref="SubjectConflictException">An aggregate is not as expected. Nothing was published.</exception>
    /// <exception cref="VersionConflictException">The source is not as expected. Nothing was published.</exception>
    /// <exception cref="NotSupportedException">This kind of source cannot check what is expected.</exception>
    ValueTask<AppendResult> PublishAsync(ReadOnlyMemory<EventData> events, PublishOptions options, CancellationToken cancellationToken = default) =>
        options.ExpectedSubjects.Count == 0 && options.Expected == ExpectedVersion.Any
            ? PublishAsync(events, options.Producer, cancellationToken)
            : throw new NotSupportedException($"Source '{Name}' cannot check what a publisher expects.");

    /// <summary>Reads what is durable.</summary>
    /// <inheritdoc cref="IJournal.ReadAsync"/>
    IAsyncEnumerable<RecordedEvent> ReadAsync(ReadRequest request, CancellationToken cancellationToken = default);

    /// <summary>History from a version on, then live events, with no seam, until cancelled.</summary>
    IAsyncEnumerable<RecordedEvent> SubscribeAsync(long fromVersion = 1, EventFilter? filter = null, CancellationToken cancellationToken = default);

    /// <summary>The durable state of the source's stream.</summary>
    ValueTask<StreamHead> GetHeadAsync(CancellationToken cancellationToken = default);

    /// <summary>Every sink the source knows of, online or not, in the order of their names.</summary>
    ValueTask<IReadOnlyList<SinkStatus>> GetSinksAsync(CancellationToken cancellationToken = default);

    /// <summary>Has one sink, or all that are online, export its state now; completes when the exports have ended. Exports that fail are recorded, not thrown.</summary>
    ValueTask ExportAsync(string? sink = null, CancellationToken cancellationToken = default);
}
