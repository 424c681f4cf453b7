using Orleans.Concurrency;
using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Sources;

/// <inheritdoc/>
[StatelessWorker, Reentrant, GrainType("persist-reader")]
internal sealed class EventReaderGrain(SiloSources sources) : Grain, IEventReaderGrain
{
    private string Source => this.GetPrimaryKeyString();

    /// <inheritdoc/>
    public Task<StreamHead> ReadHead() => Journal().GetHeadAsync(Source).AsTask();

    /// <inheritdoc/>
    public Task<ReadPart> ReadPage(ReadRequest request, CancellationToken cancellationToken) =>
        PageReader.ReadAsync(Journal(), Source, request, cancellationToken);

    /// <inheritdoc/>
    public Task<StreamHead> WaitForAppend(int incarnation, long version, CancellationToken cancellationToken) =>
        PageReader.WaitAsync(Journal(), Source, incarnation, version, cancellationToken);

    private IJournal Journal() => sources.JournalOf(Source);
}
