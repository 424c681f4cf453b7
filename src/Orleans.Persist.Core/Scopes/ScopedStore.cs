using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Persist.Diagnostics;
using Orleans.Persist.Hosting;
using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Scopes;

/// <summary>The scoped store in one process: in memory for loads, durable through a journal.</summary>
/// <remarks>
/// Keys are spread over 16 streams by their locations. One process at a time may have the store of a journal open. (On a cluster grains have a stream each.) Expired values leave the memory
/// without being asked for, and the journal when its streams are compacted (requirement t.8).
/// </remarks>
public sealed class ScopedStore : IScopedStore, IAsyncDisposable
{
    /// <summary>How many streams there are. Stored data depends on it: it must not change.</summary>
    internal const int Partitions = 16;

    private const int StackBytes = 512;
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(30);
    private readonly ScopedStoreOptions _options;
    private readonly ILogger _logger;
    private readonly int _maxValueBytes;
    private readonly ScopeBudget _budget;
    private readonly ScopeClock _clock;
    private readonly ScopePartition[] _partitions;
    private readonly ScopeWriter[] _writers;
    private readonly int? _only;
    private readonly CancellationTokenSource _closing = new();
    private ITimer? _timer;
    private Task _compacting = Task.CompletedTask;
    private int _sweeping;
    private bool _closed;

    private ScopedStore(IJournal journal, ScopedStoreOptions options, int? only, TimeProvider time, ILogger logger)
    {
        (_options, _only, _logger) = (options, only, logger);
        _maxValueBytes = (int)Math.Clamp(journal.Limits.MaxAppendBytes - (4L * options.MaxNameBytes) - 1024, 0, options.MaxValueBytes);
        _budget = new ScopeBudget(only is null ? options.MaxTotalBytes : options.MaxTotalBytes / Partitions);
        _clock = new ScopeClock(time);
        var numbers = only is { } one ? [one] : Enumerable.Range(0, Partitions);
        Logs = [.. numbers.Select(number => new ScopeLog(journal, SystemNames.ScopedStore(number)))];
        _partitions = [.. Logs.Select(_ => new ScopePartition(_budget, options, _clock.Now))];
        _writers = [.. _partitions.Zip(Logs, (partition, log) => new ScopeWriter(partition, log, _budget, _clock, options, exclusive: only is not null, logger))];
    }

    /// <summary>The keys there are, with those that are only remembered as expired.</summary>
    public long Count => _partitions.Sum(partition => (long)partition.Count);

    /// <summary>What counts towards <see cref="ScopedStoreOptions.MaxTotalBytes"/>.</summary>
    public long Bytes => _budget.Used;

    /// <summary>Whether there is nothing in memory, nor anything in the journal that is garbage.</summary>
    internal bool IsEmpty => Count == 0 && Logs.All(log => log.Bytes == 0);

    internal ScopeLog[] Logs { get; }

    /// <summary>Opens the store on a journal, which stays open when the store is closed.</summary>
    /// <param name="journal">The journal.</param>
    /// <param name="options">How it works; the defaults when null.</param>
    /// <param name="timeProvider">The clock and its timers; the system's by default.</param>
    /// <param name="logger">Where it logs to; nowhere by default.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of range; the message names it.</exception>
    /// <exception cref="JournalDamagedException">What is stored does not check.</exception>
    public static Task<ScopedStore> OpenAsync(
        IJournal journal,
        ScopedStoreOptions? options = null,
        TimeProvider? timeProvider = null,
        ILogger? logger = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(journal);
        return OpenAsync(journal, options ?? new ScopedStoreOptions(), only: null, timeProvider, logger, cancellationToken);
    }

    /// <summary>Opens one of the 16 parts, which has a 16th of <see cref="ScopedStoreOptions.MaxTotalBytes"/>. Its owner is alone: where somebody else writes to its stream, everything fails with a <see cref="VersionConflictException"/> from then on, and nothing was written.</summary>
    internal static Task<ScopedStore> OpenPartAsync(
        IJournal journal, ScopedStoreOptions options, int number, TimeProvider timeProvider, ILogger logger, CancellationToken cancellationToken) =>
        OpenAsync(journal, options, number, timeProvider, logger, cancellationToken);

    /// <summary>Which of the 16 parts has a location.</summary>
    /// <exception cref="ArgumentException">A name is empty, too long or not valid UTF-16.</exception>
    internal static int PartOf(in ScopedLocation location, int maxNameBytes)
    {
        var room = LocationBytes.MaxLength(location, maxNameBytes);
        var bytes = room <= StackBytes ? stackalloc byte[StackBytes] : new byte[room];
        return PartOf(bytes[..LocationBytes.Write(location, maxNameBytes, bytes)]);
    }

    /// <summary>Of a part: completes where it was alone some time ago, or is now.</summary>
    /// <exception cref="VersionConflictException">It is not.</exception>
    internal ValueTask ConfirmAsync(TimeSpan within, CancellationToken cancellationToken) => _writers[0].ConfirmAsync(within, cancellationToken);

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
        var writer = _writers[IndexOf(bytes[..length])];
        var (written, copy) = (bytes[..length].ToArray(), value.ToArray());
        var expires = _clock.Now + Math.Max(1, (long)timeToLive.TotalMilliseconds);
        _budget.Take(ScopeBudget.CostOf(written, copy));
        ScopedStoreInstruments.OnSaving();
        return Enqueue(writer, written, copy, expires, cancellationToken);
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
        var result = _partitions[IndexOf(written)].Load(written, ScopePartition.HashOf(written), _clock.Now);
        ScopedStoreInstruments.OnLoaded(result.Outcome);
        return new(result);
    }

    /// <inheritdoc/>
    public ValueTask DeleteAsync(ScopedLocation location, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var data = new byte[LocationBytes.MaxLength(location, _options.MaxNameBytes)];
        Array.Resize(ref data, LocationBytes.Write(location, _options.MaxNameBytes, data));
        var writer = _writers[IndexOf(data)];
        ScopedStoreInstruments.OnDeleting();
        return Enqueue(writer, data, value: null, expires: 0, cancellationToken);
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

    private static async Task<ScopedStore> OpenAsync(
        IJournal journal, ScopedStoreOptions options, int? only, TimeProvider? timeProvider, ILogger? logger, CancellationToken cancellationToken)
    {
        options.Validate();
        var store = new ScopedStore(journal, options, only, timeProvider ?? TimeProvider.System, logger ?? NullLogger.Instance);
        await store.OpenAsync(cancellationToken).ConfigureAwait(false);
        return store;
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
            if (_compacting.IsCompleted)
                _compacting = CompactAsync();
        }
        finally
        {
            Volatile.Write(ref _sweeping, 0);
        }
    }

    /// <summary>One after the other: all at once would leave those who call no processor. One that does not end, as there is always something to write, does not keep the others waiting.</summary>
    private async Task CompactAsync()
    {
        foreach (var writer in _writers)
            await writer.CompactIfDueAsync().WaitAsync(_options.SweepInterval, _clock.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static ValueTask Enqueue(ScopeWriter writer, byte[] location, byte[]? value, long expires, CancellationToken cancellationToken)
    {
        var operation = new ScopeOperation(location, value, ScopePartition.HashOf(location), expires);
        operation.CancelWith(cancellationToken);
        writer.Enqueue(operation);
        return operation.Task;
    }

    private TimeSpan DefaultOf(ScopeKind kind) => kind switch
    {
        ScopeKind.Bridge => _options.BridgeTimeToLive,
        ScopeKind.Instance => _options.InstanceTimeToLive,
        _ => _options.GlobalTimeToLive,
    };

    private int IndexOf(ReadOnlySpan<byte> location)
    {
        var part = PartOf(location);
        if (_only is null)
            return part;
        return part == _only ? 0 : throw new ArgumentException($"The location belongs to part {part} of the scoped store, not to part {_only}.", nameof(location));
    }

    private static int PartOf(ReadOnlySpan<byte> location) => (int)(StableHash.Of(location) % Partitions);
}
