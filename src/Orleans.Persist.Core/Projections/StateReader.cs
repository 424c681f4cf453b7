using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Persist.Diagnostics;
using Orleans.Persist.Journal;
using Orleans.Persist.Snapshots;
using Orleans.Persist.Sources;

namespace Orleans.Persist.Projections;

/// <summary>Rebuilds states from a source's events, as of now, a version or a moment (requirements s.9, s.10).</summary>
/// <remarks>Snapshots are kept beside the events as states are rebuilt, at fixed numbers of events; they shorten the next rebuild and never change what comes out.</remarks>
public sealed class StateReader
{
    private readonly Func<ISnapshotStore?> _snapshots;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <summary>A reader that keeps its snapshots in a store, or none.</summary>
    public StateReader(ISnapshotStore? snapshots = null, TimeProvider? timeProvider = null, ILogger<StateReader>? logger = null)
        : this(() => snapshots, timeProvider, logger)
    {
    }

    internal StateReader(Func<ISnapshotStore?> snapshots, TimeProvider? timeProvider, ILogger<StateReader>? logger)
    {
        _snapshots = snapshots;
        _time = timeProvider ?? TimeProvider.System;
        _logger = logger ?? NullLogger<StateReader>.Instance;
    }

    /// <summary>The state of a projection, serialized (see <see cref="Projection.ContentType"/>).</summary>
    /// <inheritdoc cref="ReadAsync{TState}"/>
    public ValueTask<ProjectedState<ReadOnlyMemory<byte>>> ReadSerializedAsync(
        IEventSource source, Projection projection, StateRequest? request = null, CancellationToken cancellationToken = default) =>
        projection.ReadSerializedAsync(this, source, request ?? StateRequest.Now, cancellationToken);

    /// <summary>The state of a projection.</summary>
    /// <param name="source">The source whose events are folded.</param>
    /// <param name="projection">The fold.</param>
    /// <param name="request">Of what and as of when; null for the whole source, now.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="ArgumentException">The request contradicts itself.</exception>
    /// <exception cref="StateUnavailableException">Events were truncated away that no snapshot covers, or the version is above the newest one.</exception>
    public async ValueTask<ProjectedState<TState>> ReadAsync<TState>(
        IEventSource source, Projection<TState> projection, StateRequest? request = null, CancellationToken cancellationToken = default)
        where TState : notnull
    {
        request ??= StateRequest.Now;
        request.Validate();
        var head = await source.GetHeadAsync(cancellationToken).ConfigureAwait(false);
        var version = await VersionAsync(source, head, request, cancellationToken).ConfigureAwait(false);
        var snapshots = Snapshots(source, projection, request, head);
        var (snapshot, state) = snapshots is null ? (StateSnapshot.None, default) : await snapshots.FindAsync(projection, version, request.Time, cancellationToken).ConfigureAwait(false);
        if (snapshot.Number == 0)
            state = projection.Create();
        if (version > snapshot.Version && snapshot.Version + 1 < head.FirstVersion)
            throw new StateUnavailableException($"Events {snapshot.Version + 1} to {head.FirstVersion - 1} of source '{source.Name}' were truncated away, and no snapshot of projection '{projection.Name}' covers them.");
        var (events, newest, taken) = (snapshot.Number * projection.SnapshotEvery, snapshot.Newest, snapshot.Number);
        if (version > snapshot.Version)
        {
            await foreach (var @event in source.ReadAsync(Request(projection, request, head, snapshot.Version + 1, version), cancellationToken).ConfigureAwait(false))
            {
                state = projection.Apply(state!, @event);
                events++;
                newest = @event.Time is var time && time > newest ? time : newest;
                if (snapshots is null || request.Time is not null || events % projection.SnapshotEvery != 0)
                    continue;
                taken++;
                await SaveAsync(snapshots, new StateSnapshot(taken, @event.Version, newest), projection.Serialize(state), source, projection, cancellationToken).ConfigureAwait(false);
            }
        }

        return new ProjectedState<TState>(head.Incarnation, version, events, snapshot.Number * projection.SnapshotEvery, state!);
    }

    /// <summary>A volatile source has none: its versions begin anew in each run of the process, and its snapshots would outlive it.</summary>
    private StateSnapshots? Snapshots(IEventSource source, Projection projection, StateRequest request, StreamHead head) =>
        projection.SnapshotEvery > 0 && source is not EventSource { IsVolatile: true } && _snapshots() is { } store
            ? new StateSnapshots(store, source.Name, projection, request.Subject, head.Incarnation)
            : null;

    private static async ValueTask<long> VersionAsync(IEventSource source, StreamHead head, StateRequest request, CancellationToken cancellationToken)
    {
        if (request.Version > head.Version)
            throw new StateUnavailableException($"Source '{source.Name}' is at version {head.Version}; there is no version {request.Version} yet.");
        if (request.Version is { } version)
            return version;
        if (request.Recorded is not { } moment)
            return head.Version;
        var first = await RecordedTime.FirstVersionAsync(source, head, moment == DateTimeOffset.MaxValue ? moment : moment.AddTicks(1), cancellationToken).ConfigureAwait(false);
        return first - 1;
    }

    private static ReadRequest Request(Projection projection, StateRequest request, StreamHead head, long from, long to) => new()
    {
        From = from,
        To = to,
        Incarnation = head.Incarnation,
        Filter = projection.Types is null && request.Subject is null && request.Time is null ? null : new EventFilter
        {
            Types = projection.Types,
            Subjects = request.Subject is null ? null : [request.Subject],
            Until = request.Time is { } time && time < DateTimeOffset.MaxValue ? time.AddTicks(1) : null,
        },
    };

    /// <summary>A snapshot that cannot be stored costs the next rebuild time, nothing else.</summary>
    private async ValueTask SaveAsync(
        StateSnapshots snapshots, StateSnapshot snapshot, ReadOnlyMemory<byte> state, IEventSource source, Projection projection, CancellationToken cancellationToken)
    {
        try
        {
            await snapshots.SaveAsync(snapshot, state, _time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _logger.StateSnapshotNotStored(e, source.Name, projection.Name, snapshot.Version);
        }
    }
}
