using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Persist.Diagnostics;
using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Scopes;

/// <summary>The scoped store in one process: in memory for loads, durable through a journal.</summary>
/// <remarks>
/// Keys are spread over 16 streams by their locations. One process at a time may have the store of a journal open. Expired values leave the memory
/// without being asked for, and the journal when its streams are compacted (requirement t.8).
/// </remarks>
public sealed class ScopedStore : IScopedStore, IAsyncDisposable
{
    /// <summary>How many streams there are. Stored data depends on it: it must not change.</summary>
    private const int Partitions = 16;

    private const int StackBytes = 512;
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(30);
    private readonly ScopedStoreOptions _options;
    private readonly ILogger _logger;
    private readonly int _maxValueBytes;
    private readonly ScopeBudget _budget;
    private readonly ScopeClock _clock;
    private readonly ScopePartition[] _partitions;
    private readonly ScopeWriter[] _writers;
    private readonly CancellationTokenSource _closing = new();
    private ITimer? _timer;
    private int _sweeping;
    private bool _closed;

    private ScopedStore(IJournal journal, ScopedStoreOptions options, TimeProvider time, ILogger logger)
    {
        (_options, _logger) = (options, logger);
        _maxValueBytes = (int)Math.Clamp(journal.Limits.MaxAppendBytes - (4L * options.MaxNameBytes) - 1024, 0, options.MaxValueBytes);
        _budget = new ScopeBudget(options.MaxTotalBytes);
        _clock = new ScopeClock(time);
        _partitions = [.. Enumerable.Range(0, Partitions).Select(_ => new ScopePartition(_budget, options, _clock.Now))];
        Logs = [.. Enumerable.Range(0, Partitions).Select(i => new ScopeLog(journal, SystemNames.ScopedStore(i)))];
        _writers = [.. _partitions.Zip(Logs, (partition, log) => new ScopeWriter(partition, log, _budget, _clock, options, logger))];
    }

    /// <summary>The keys there are, with those that are only remembered as expired.</summary>
    public long Count => _partitions.Sum(partition => (long)partition.Count);

    /// <summary>What counts towards <see cref="ScopedStoreOptions.MaxTotalBytes"/>.</summary>
    public long Bytes => _budget.Used;

    internal ScopeLog[] Logs { get; }

    /// <summary>Opens the store on a journal, which stays open when the store is closed.</summary>
    /// <param name="journal">The journal.</param>
    /// <param name="options">How it works; the defaults when null.</param>
    /// <param name="timeProvider">The clock and its timers; the system's by default.</param>
    /// <param name="logger">Where it logs to; nowhere by default.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of range; the message names it.</exception>
    /// <exception cref="JournalDamagedException">What is stored does not check.</exception>
    public static async Task<ScopedStore> OpenAsync(
        IJournal journal,
        ScopedStoreOptions? options = null,
        TimeProvider? timeProvider = null,
        ILogger? logger = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(journal);
        options ??= new ScopedStoreOptions();
        options.Validate();
        var store = new ScopedStore(journal, options, timeProvider ?? TimeProvider.System, logger ?? NullLogger.Instance);
        await store.OpenAsync(cancellationToken).ConfigureAwait(false);
        return store;
    }

    /// <inheritdoc/>
    public ValueTask SaveAsync(
        ScopedLocation location, ReadOnlyMemory<byte> value, TimeSpan timeToLive = default, CancellationToken cancellationToken = default)
    {
        if (timeToLive < TimeSpan.Zero)
            throw new ArgumentException("TTL cannot be negative", nameof(timeToLive));
        if (timeToLive > ScopedStoreOptions.MaxTimeToLive)
            throw new ArgumentException($"The time to live may be {int.MaxValue:N0} seconds at most; it is {timeToLive.TotalSeconds:N0}.", nameof(timeToLive));
        if (value.Length > _maxValueBytes)
            throw new ArgumentException($"The value of {location} may take {_maxValueBytes:N0} bytes; it takes {value.Length:N0}.", nameof(value));
        cancellationToken.ThrowIfCancellationRequested();
        if (timeToLive == TimeSpan.Zero)
            timeToLive = DefaultOf(location.Scope.Kind);
        var room = LocationBytes.MaxLength(location, _options.MaxNameBytes);
        var bytes = room <= StackBytes ? stackalloc byte[StackBytes] : new byte[room];
        var length = LocationBytes.Write(location, _options.MaxNameBytes, bytes);
        var data = new byte[length + value.Length];
        bytes[..length].CopyTo(data);
        value.Span.CopyTo(data.AsSpan(length));
        var expires = _clock.Now + Math.Max(1, (long)timeToLive.TotalMilliseconds);
        _budget.Take(ScopeBudget.CostOf(data));
        ScopedStoreInstruments.OnSaving();
        return Enqueue(data, length, expires, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<LoadResult> TryLoadAsync(ScopedLocation location, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_closed)
            throw new JournalUnavailableException("The scoped store is closed.");
        var room = LocationBytes.MaxLength(location, _options.MaxNameBytes);
        var bytes = room <= StackBytes ? stackalloc byte[StackBytes] : new byte[room];
        ReadOnlySpan<byte> written = bytes[..LocationBytes.Write(location, _options.MaxNameBytes, bytes)];
        var result = _partitions[PartitionOf(written)].Load(written, ScopePartition.HashOf(written), _clock.Now);
        ScopedStoreInstruments.OnLoaded(result.Outcome);
        return new(result);
    }

    /// <inheritdoc/>
    public ValueTask DeleteAsync(ScopedLocation location, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var data = new byte[LocationBytes.MaxLength(location, _options.MaxNameBytes)];
        Array.Resize(ref data, LocationBytes.Write(location, _options.MaxNameBytes, data));
        ScopedStoreInstruments.OnDeleting();
        return Enqueue(data, data.Length, expires: 0, cancellationToken);
    }

    /// <summary>Takes no more saves and deletes, and waits until those that were taken are durable, 30 seconds at most.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_closed)
            return;
        _closed = true;
        ScopedStoreInstruments.Forget(this);
        await _closing.CancelAsync().ConfigureAwait(false);
        if (_timer is not null)
            await _timer.DisposeAsync().ConfigureAwait(false);
        var idle = Task.WhenAll(_writers.Select(writer => writer.CloseAsync()));
        await idle.WaitAsync(CloseTimeout, _clock.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        foreach (var log in Logs)
            _clock.NotBefore(await log.ReadHeadAsync(cancellationToken).ConfigureAwait(false));
        var degree = new ParallelOptions { MaxDegreeOfParallelism = Math.Min(4, Environment.ProcessorCount), CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(_writers, degree, (writer, token) => writer.OpenAsync(token)).ConfigureAwait(false);
        ScopedStoreInstruments.Observe(this);
        _logger.ScopedStoreOpen(Count, Bytes);
        _timer = _clock.Time.CreateTimer(_ => Sweep(), null, _options.SweepInterval, _options.SweepInterval);
    }

    private void Sweep()
    {
        if (Interlocked.Exchange(ref _sweeping, 1) != 0)
            return; // the last one has so much to do that it still runs
        try
        {
            foreach (var partition in _partitions)
                partition.Sweep(_clock.Now, _closing.Token);
            foreach (var writer in _writers)
                writer.CompactIfDue();
        }
        finally
        {
            Volatile.Write(ref _sweeping, 0);
        }
    }

    private ValueTask Enqueue(byte[] data, int keyLength, long expires, CancellationToken cancellationToken)
    {
        var location = data.AsSpan(0, keyLength);
        var operation = new ScopeOperation(data, keyLength, ScopePartition.HashOf(location), expires);
        operation.CancelWith(cancellationToken);
        _writers[PartitionOf(location)].Enqueue(operation);
        return operation.Task;
    }

    private TimeSpan DefaultOf(ScopeKind kind) => kind switch
    {
        ScopeKind.Bridge => _options.BridgeTimeToLive,
        ScopeKind.Instance => _options.InstanceTimeToLive,
        _ => _options.GlobalTimeToLive,
    };

    private static int PartitionOf(ReadOnlySpan<byte> location) => (int)(StableHash.Of(location) % Partitions);
}
