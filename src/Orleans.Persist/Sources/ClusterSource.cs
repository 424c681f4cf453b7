using Orleans.Persist.Audit;
using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Sources;

/// <summary>An event source on a cluster, as silos and clients see it.</summary>
/// <param name="name">Its name.</param>
/// <param name="grain">Its grain.</param>
/// <param name="journal">Where its stream can be read.</param>
/// <param name="options">How long calls are repeated.</param>
/// <param name="time">The clock.</param>
internal sealed class ClusterSource(string name, IEventSourceGrain grain, IJournal journal, PersistClusterOptions options, TimeProvider time) : IEventSource
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public AuditTrail? Audit => journal is GrainJournal ? null : new AuditTrail(journal, name, time);

    /// <inheritdoc/>
    public ValueTask<AppendResult> PublishAsync(
        ReadOnlyMemory<EventData> events, ProducerSequence? producer = null, CancellationToken cancellationToken = default) =>
        new(PublishAsync(new EventBatch(events.ToArray(), producer), cancellationToken));

    /// <inheritdoc/>
    public ValueTask<AppendResult> PublishAsync(ReadOnlyMemory<EventData> events, PublishOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(PublishAsync(
            new EventBatch(events.ToArray(), options.Producer) { Expected = options.Expected, ExpectedSubjects = [.. options.ExpectedSubjects] }, cancellationToken));
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<RecordedEvent> ReadAsync(ReadRequest request, CancellationToken cancellationToken = default) =>
        journal.ReadAsync(name, request, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<RecordedEvent> SubscribeAsync(long fromVersion = 1, EventFilter? filter = null, CancellationToken cancellationToken = default) =>
        journal.SubscribeAsync(name, fromVersion, filter, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StreamHead> GetHeadAsync(CancellationToken cancellationToken = default) => journal.GetHeadAsync(name, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<SinkStatus>> GetSinksAsync(CancellationToken cancellationToken = default) =>
        await GrainCall.RepeatAsync(grain.GetSinks, options.PublishTimeout, time, $"Source '{name}' cannot be asked for its sinks", cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public ValueTask ExportAsync(string? sink = null, CancellationToken cancellationToken = default) =>
        new(grain.Export(sink, cancellationToken).WaitAsync(cancellationToken));

    /// <summary>While the cluster does not answer, it is told again if that can store nothing twice: every event has an id, or the producer numbers its appends.</summary>
    private async Task<AppendResult> PublishAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        var what = $"The events for source '{name}' may have been stored or not";
        if (batch.Producer is not null || batch.Events.All(e => e.Id is not null))
            return await GrainCall.RepeatAsync(() => grain.Publish(batch), options.PublishTimeout, time, what, cancellationToken).ConfigureAwait(false);
        try
        {
            return await grain.Publish(batch).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (GrainCall.IsTransient(e))
        {
            throw GrainCall.Unavailable(what, e);
        }
    }
}
