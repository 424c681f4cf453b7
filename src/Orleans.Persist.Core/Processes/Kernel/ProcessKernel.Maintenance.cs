using System.Globalization;
using System.Runtime.CompilerServices;
using Orleans.Persist.Diagnostics;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Processes;

/// <content>History, clearing, and events set aside.</content>
public sealed partial class ProcessKernel<TState, TEvent>
{
    /// <summary>The streams with the events that <see cref="PoisonPolicy.Quarantine"/> has set aside: this, and the name of their own stream.</summary>
    public const string QuarantinePrefix = "$poison/";

    /// <summary>The process's own events, decoded, with what the journal knows of them.</summary>
    public async IAsyncEnumerable<(TEvent Event, RecordedEvent Recorded)> ReadAsync(ReadRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var events = new List<TEvent>();
        await foreach (var recorded in _services.Storage.Journal.ReadAsync(Stream, request, cancellationToken).ConfigureAwait(true))
        {
            Decode(recorded, events);
            foreach (var @event in events)
                yield return (@event, recorded);
        }
    }

    /// <summary>What a stored event of the process is today: none, one or several events.</summary>
    /// <param name="recorded">The stored event.</param>
    /// <param name="into">Gets them, instead of what is in it.</param>
    /// <exception cref="JournalException">It cannot be decoded; the message says why.</exception>
    public void Decode(RecordedEvent recorded, List<TEvent> into)
    {
        ArgumentNullException.ThrowIfNull(into);
        into.Clear();
        if (!IsMarker(recorded))
            _options.Events.FromJournal(recorded, into);
    }

    /// <summary>Removes all events and snapshots: version 0 of a new incarnation.</summary>
    /// <exception cref="VersionConflictException">Another writer has appended.</exception>
    public async ValueTask ClearAsync(CancellationToken cancellationToken = default)
    {
        IsRecovered = false;
        await _services.Storage.Journal.DeleteAsync(Stream, ExpectedVersion.Exactly(Version, Incarnation), cancellationToken).ConfigureAwait(true);
        await _services.Storage.Snapshots.DeleteAsync(Stream, cancellationToken).ConfigureAwait(true);
        await RecoverAsync(null, cancellationToken).ConfigureAwait(true);
    }

    /// <summary>Removes the events below a version, as far as a snapshot covers them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No readable snapshot covers them: the process could not be recovered any more.</exception>
    public async ValueTask TruncateAsync(long beforeVersion, CancellationToken cancellationToken = default)
    {
        long covered = 0;
        await foreach (var read in _services.Storage.Snapshots.ReadAsync(Stream, cancellationToken).ConfigureAwait(true))
        {
            if (read.Snapshot is { } kept && kept.Incarnation == Incarnation && _options.State.CanRead(kept.Type, kept.SchemaVersion))
                covered = Math.Max(covered, kept.Version);
        }

        if (beforeVersion > covered + 1)
            throw new ArgumentOutOfRangeException(nameof(beforeVersion), beforeVersion, $"The newest snapshot of '{Stream}' covers version {covered}: events after it are needed to recover. Save a snapshot first.");
        await _services.Storage.Journal.TruncateAsync(Stream, beforeVersion, Incarnation, cancellationToken).ConfigureAwait(true);
    }

    /// <summary>Leaves an event out of the state from the next recovery on; kept aside where the policy says so.</summary>
    private async ValueTask LeaveOutAsync(PoisonEventException poison, CancellationToken cancellationToken)
    {
        if ((_left ??= []).Contains(poison.Version))
            throw poison;
        ProcessInstruments.OnPoison(Stream, _options.OnPoison);
        _services.Logger.PoisonEvent(poison, Stream, poison.Version, poison.EventType, _options.OnPoison);
        if (_options.OnPoison == PoisonPolicy.Quarantine)
            await SetAsideAsync(poison, cancellationToken).ConfigureAwait(true);
        _left.Add(poison.Version); // last: what could not be set aside must not be left out by the next recovery
    }

    private async ValueTask SetAsideAsync(PoisonEventException poison, CancellationToken cancellationToken)
    {
        var journal = _services.Storage.Journal;
        var one = new ReadRequest { From = poison.Version, To = poison.Version, Incarnation = poison.Incarnation };
        await foreach (var recorded in journal.ReadAsync(Stream, one, cancellationToken).ConfigureAwait(true))
        {
            // Its source and id are those it has, so that setting it aside in every recovery stores it once; numbered, beyond any window.
            // Each by itself: with one number for all, an event that turns out to be poison after a later one did would pass for known.
            var number = new ProducerSequence(string.Create(CultureInfo.InvariantCulture, $"quarantine/{poison.Incarnation}/{poison.Version}"), 1);
            await journal.AppendAsync(QuarantinePrefix + Stream, ExpectedVersion.Any, new[] { recorded.ToEventData() }, number, cancellationToken).ConfigureAwait(true);
        }
    }
}
