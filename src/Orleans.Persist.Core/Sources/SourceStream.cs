using Microsoft.Extensions.Logging;
using Orleans.Persist.Audit;
using Orleans.Persist.Diagnostics;
using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;
using Orleans.Persist.Memory;
using Orleans.Persist.Snapshots;

namespace Orleans.Persist.Sources;

/// <summary>An event source without its sinks: what is published, and what is known of who listens, wherever that runs.</summary>
internal sealed class SourceStream : IDisposable
{
    private readonly ISnapshotStore _snapshots;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private IJournal? _remembers;

    /// <param name="name">The source's name.</param>
    /// <param name="options">Its options.</param>
    /// <param name="storage">Where it keeps its events and its ledger.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where it logs to.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of bounds.</exception>
    public SourceStream(string name, EventSourceOptions options, IStorage storage, TimeProvider time, ILogger logger)
    {
        SystemNames.ValidateUserName(name, "source");
        EventSourceOptionsValidator.ThrowIfInvalid(name, options);
        (Name, Options, _snapshots, _time, _logger) = (name, options, storage.Snapshots, time, logger);
        Ledger = new SourceLedger(name, storage, time, options.ExportTimeout, logger);
        Journal = IsVolatile ? new MemoryJournal(time) : storage.Journal;
    }

    public string Name { get; }

    public EventSourceOptions Options { get; }

    /// <summary>The journal with the source's stream: the storage's, or a volatile source's own.</summary>
    public IJournal Journal { get; private set; }

    public SourceLedger Ledger { get; }

    public bool IsVolatile => Options.VolatileCapacity > 0;

    /// <summary>The incarnation that exports carry. A volatile source's stream begins anew in each run, so its run counts.</summary>
    public int ExportIncarnation(StreamHead head) => IsVolatile ? Ledger.Run : head.Incarnation;

    /// <summary>Opens the next run of a volatile source, with a stream of its own. Before anything is published.</summary>
    public async ValueTask BeginRunAsync(CancellationToken cancellationToken)
    {
        await Ledger.BeginRunAsync(cancellationToken).ConfigureAwait(false);
        Journal = new MemoryJournal(_time) { FirstIncarnation = Ledger.Run };
    }

    /// <summary>The source's checkpoints. Once one was taken, another is before anything is truncated.</summary>
    public AuditTrail Audit => new(Journal, Name, _time);

    public ValueTask<AppendResult> PublishAsync(ReadOnlyMemory<EventData> events, ProducerSequence? producer, CancellationToken cancellationToken) =>
        IsVolatile || SourceInstruments.PublishingIsObserved
            ? PublishObservedAsync(events, new PublishOptions { Producer = producer }, cancellationToken)
            : RememberingIds().AppendAsync(Name, ExpectedVersion.Any, events, producer, cancellationToken);

    public ValueTask<AppendResult> PublishAsync(ReadOnlyMemory<EventData> events, PublishOptions options, CancellationToken cancellationToken) =>
        IsVolatile || SourceInstruments.PublishingIsObserved
            ? PublishObservedAsync(events, options, cancellationToken)
            : RememberingIds().AppendAsync(Name, options.Expected, options.ExpectedSubjects, events, options.Producer, cancellationToken);

    public ValueTask<StreamHead> GetHeadAsync(CancellationToken cancellationToken) => Journal.GetHeadAsync(Name, cancellationToken);

    /// <summary>What is known of a sink.</summary>
    public SinkStatus Status(SinkRecord record, SinkProgress? progress, StreamHead head)
    {
        var exported = record.Incarnation == ExportIncarnation(head) ? record.ExportedVersion : 0;
        var online = progress?.Online == true;
        var version = online ? progress!.Version : exported;
        return new SinkStatus
        {
            Name = record.Name,
            Online = online,
            Version = version,
            Behind = Math.Max(0, head.Version - version),
            ExportNumber = record.ExportNumber,
            ExportedVersion = exported,
            LastExport = record.LastExport,
            Exports = record.Exports,
            FailedExports = record.FailedExports,
            Replayed = progress?.Replayed ?? 0,
            LastError = progress?.Error ?? record.LastError,
        };
    }

    /// <summary>Drops the events that no sink could need again, not even by falling back on the oldest export that is kept. Never fails.</summary>
    public async Task TruncateExportedAsync()
    {
        if (!Options.TruncateExported)
            return;
        try
        {
            // The export counts as running until this has ended.
            using var limit = new CancellationTokenSource(Options.ExportTimeout, _time);
            await TruncateAsync(limit.Token).WaitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _logger.NotTruncated(e, Name);
        }
    }

    /// <summary>Removes what a sink that is not online has exported, and forgets it.</summary>
    public async ValueTask ForgetSinkAsync(string sink, CancellationToken cancellationToken)
    {
        await _snapshots.DeleteAsync(SystemNames.SinkExports(Name, sink), cancellationToken).ConfigureAwait(false);
        await Ledger.ChangeAsync(new SinkChange { Kind = SinkChangeKind.SinkForgotten, Sink = sink }, cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => Ledger.Dispose();

    /// <summary>The journal, which from the first event published on recognizes those that are there already, however old they are, if it can.</summary>
    private IJournal RememberingIds()
    {
        var journal = Journal;
        if (_remembers == journal)
            return journal;
        (journal as IExactIdJournal)?.RememberIds(Name);
        return _remembers = journal;
    }

    private async Task TruncateAsync(CancellationToken cancellationToken)
    {
        var head = await GetHeadAsync(cancellationToken).ConfigureAwait(false);
        var records = await Ledger.GetSinksAsync(cancellationToken).ConfigureAwait(false);
        var covered = records.Min(r => Covered(r, head.Incarnation));
        if (covered < head.FirstVersion)
            return;
        if (await Audit.ExistsAsync(cancellationToken).ConfigureAwait(false))
            await Audit.TruncateAsync(covered + 1, head.Incarnation, cancellationToken).ConfigureAwait(false);
        else
            await Journal.TruncateAsync(Name, covered + 1, head.Incarnation, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>While fewer exports are there than are kept, a sink could also fall back on the empty state.</summary>
    private long Covered(SinkRecord record, int incarnation) =>
        record.Incarnation == incarnation && record.ExportedVersions.Count >= _snapshots.Keep ? record.ExportedVersions[0] : 0;

    private async ValueTask<AppendResult> PublishObservedAsync(
        ReadOnlyMemory<EventData> events, PublishOptions options, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        Exception? error = null;
        using var activity = SourceInstruments.StartPublish(Name, events.Length);
        try
        {
            var result = await RememberingIds().AppendAsync(Name, options.Expected, options.ExpectedSubjects, events, options.Producer, cancellationToken).ConfigureAwait(false);
            if (IsVolatile)
                await Journal.TruncateAsync(Name, Math.Max(1, result.LastVersion - Options.VolatileCapacity + 1), result.Incarnation, cancellationToken).ConfigureAwait(false);
            return result;
        }
        catch (Exception e)
        {
            error = e;
            activity?.SetStatus(System.Diagnostics.ActivityStatusCode.Error, e.Message);
            throw;
        }
        finally
        {
            SourceInstruments.OnPublished(Name, events.Length, _time.GetElapsedTime(started), error);
        }
    }
}
