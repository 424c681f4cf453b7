using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Persist.Grains;
using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;
using Orleans.Runtime;

namespace Orleans.Persist.Sources;

/// <summary>An event source on a cluster: appends what is published, looks after its sinks, keeps the ledger of them.</summary>
/// <remarks>Its calls interleave, so many publishers share the journal's group commit. What it knows that must outlive it stands in the journal: its next activation, on any silo, goes on from there.</remarks>
[Reentrant, GrainType("persist-source")]
internal sealed class EventSourceGrain : Grain, IEventSourceGrain, ISourceControl, IDisposable
{
    private readonly SiloSources _sources;
    private readonly TimeSpan _checkInterval;
    private SourceStream? _stream;
    private SinkWatch? _sinks;
    private int _looking;

    public EventSourceGrain(SiloSources sources, IOptions<PersistClusterOptions> options)
    {
        _sources = sources;
        _checkInterval = options.Value.SinkCheckInterval;
    }

    private SourceStream Stream => _stream!;

    private SinkWatch Sinks => _sinks!;

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await ActivationStart.LeaveLock();
        var name = this.GetPrimaryKeyString();
        _stream = new SourceStream(name, _sources.Options(name), _sources.Storage, _sources.Time, _sources.Logger);
        if (_stream.IsVolatile)
            await _stream.BeginRunAsync(cancellationToken).ConfigureAwait(true);
        else
            await _stream.Ledger.LoadAsync(cancellationToken).ConfigureAwait(true);
        _sinks = new SinkWatch(_stream, GrainFactory, _sources.Time, _sources.Logger, _checkInterval);
        this.RegisterGrainTimer(Sinks.LookAfterAsync, new GrainTimerCreationOptions(TimeSpan.Zero, _checkInterval) { Interleave = true });
        var exportInterval = _stream.Options.ExportInterval;
        if (exportInterval > TimeSpan.Zero)
            this.RegisterGrainTimer(Sinks.ExportDueAsync, new GrainTimerCreationOptions(exportInterval, exportInterval) { Interleave = true });
    }

    /// <inheritdoc/>
    public void Dispose() => _stream?.Dispose();

    /// <inheritdoc/>
    public async Task<AppendResult> Publish(EventBatch events)
    {
        ArgumentNullException.ThrowIfNull(events);
        var options = new PublishOptions { Producer = events.Producer, Expected = events.Expected, ExpectedSubjects = events.ExpectedSubjects };
        var result = await Stream.PublishAsync(events.Events, options, CancellationToken.None).ConfigureAwait(true);
        if (Sinks.IsAnyoneMissing)
            _ = LookAfterAsync();
        return result;
    }

    /// <inheritdoc/>
    public Task<StreamHead> GetHead() => Stream.GetHeadAsync(CancellationToken.None).AsTask();

    /// <inheritdoc/>
    public Task<SinkStatus[]> GetSinks() => Sinks.GetStatusAsync();

    /// <inheritdoc/>
    public Task Export(string? sink, CancellationToken cancellationToken) => Sinks.ExportAsync(sink, cancellationToken);

    /// <inheritdoc/>
    public Task ForgetSink(string sink, CancellationToken cancellationToken) => Sinks.ForgetAsync(sink, cancellationToken);

    Task ISourceControl.Start() => Task.CompletedTask; // being called is enough

    Task<int> ISourceControl.GetRun() => Task.FromResult(Stream.Ledger.Run);

    async Task<SinkRecord> ISourceControl.Change(SinkChange change)
    {
        var record = await Stream.Ledger.ChangeAsync(change).ConfigureAwait(true);
        if (change.Kind is SinkChangeKind.SinkRegistered && !Stream.Ledger.IsStored)
            throw new JournalUnavailableException($"Source '{Stream.Name}' cannot note that sink '{change.Sink}' listens to it.");
        Sinks.OnChanged(change);
        if (change.Kind is SinkChangeKind.ExportSucceeded)
            _ = Stream.TruncateExportedAsync();
        return record;
    }

    Task<StreamHead> IEventReader.ReadHead() => GetHead();

    Task<ReadPart> IEventReader.ReadPage(ReadRequest request, CancellationToken cancellationToken) =>
        PageReader.ReadAsync(Stream.Journal, Stream.Name, request, cancellationToken);

    Task<StreamHead> IEventReader.WaitForAppend(int incarnation, long version, CancellationToken cancellationToken) =>
        PageReader.WaitAsync(Stream.Journal, Stream.Name, incarnation, version, cancellationToken);

    private async Task LookAfterAsync()
    {
        if (Interlocked.Exchange(ref _looking, 1) != 0)
            return;
        await Sinks.LookAfterAsync().ConfigureAwait(true);
        Volatile.Write(ref _looking, 0);
    }
}
