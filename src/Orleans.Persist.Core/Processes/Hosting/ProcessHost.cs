using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Persist.Hosting;

namespace Orleans.Persist.Processes;

/// <summary>Runs persistent processes in this process: activates each with its first message, and has idle ones leave memory.</summary>
/// <remarks>One host at a time may run the processes of a storage; the embedded one is locked. Safe for concurrent use.</remarks>
public sealed partial class ProcessHost : IAsyncDisposable
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(1);
    private readonly Dictionary<string, ProcessDefinition> _definitions;
    private readonly ConcurrentDictionary<ProcessId, ProcessCell> _cells = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly CancellationToken _endedToken;
    private readonly SemaphoreSlim _recoveries;
    private readonly ProcessHostOptions _options;
    private readonly SendDelivery _delivery;
    private ITimer? _sweeper;
    private volatile bool _stopping;

    /// <summary>A host of these kinds of processes on a storage that it does not close.</summary>
    /// <param name="storage">Where events and snapshots are kept.</param>
    /// <param name="definitions">The kinds of processes, each name once.</param>
    /// <param name="options">How it runs them.</param>
    /// <param name="time">The clock and its timers; the system's by default.</param>
    /// <param name="loggerFactory">Where it logs to; nowhere by default.</param>
    /// <exception cref="ArgumentException">An option is out of bounds, or two kinds have one name.</exception>
    public ProcessHost(
        IStorage storage, IEnumerable<ProcessDefinition> definitions, ProcessHostOptions? options = null, TimeProvider? time = null, ILoggerFactory? loggerFactory = null)
    {
        _options = options ?? new ProcessHostOptions();
        _options.Validate();
        _definitions = new Dictionary<string, ProcessDefinition>(StringComparer.Ordinal);
        foreach (var definition in definitions)
        {
            if (!_definitions.TryAdd(definition.Type, definition))
                throw new ArgumentException($"There are two process types named '{definition.Type}'.", nameof(definitions));
        }

        Storage = storage;
        _endedToken = _ended.Token; // used by what still runs when the source is disposed
        Time = time ?? TimeProvider.System;
        Logger = (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger<ProcessHost>();
        Services = new KernelServices(storage, Time, Logger, _options.HeldSends ?? new SendCodec(_definitions));
        Wakes = new WakeList(storage.Journal, _endedToken);
        _recoveries = new SemaphoreSlim(_options.MaxConcurrentRecoveries);
        _delivery = new SendDelivery(this);
    }

    /// <summary>How many processes are in memory.</summary>
    public int ActiveCount => _cells.Count;

    internal IStorage Storage { get; }

    internal TimeProvider Time { get; }

    internal ILogger Logger { get; }

    internal KernelServices Services { get; }

    internal WakeList Wakes { get; }

    internal CancellationToken Ended => _endedToken;

    internal bool IsStopping => _stopping;

    /// <summary>Wakes the processes that have something to do by themselves: unacknowledged sends, timers. Completes once they are known, not once they have recovered.</summary>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        _sweeper ??= Time.CreateTimer(static host => ((ProcessHost)host!).Sweep(), this, SweepEvery, SweepEvery);
        foreach (var stream in await Wakes.LoadAsync(cancellationToken).ConfigureAwait(false))
        {
            var id = ProcessId.OfStream(stream);
            if (_definitions.ContainsKey(id.Type))
                Cell(id).TryPost(new Envelope(EnvelopeKind.Wake, null, Time.GetUtcNow()) { IsCast = true }, always: true);
        }
    }

    /// <summary>A way to the process of this kind and key; it need not exist yet.</summary>
    /// <exception cref="ArgumentException">The kind is not known, or the key cannot be part of a stream's name.</exception>
    public ProcessRef Get(string type, string key)
    {
        Definition(type);
        var id = new ProcessId(type, key);
        id.Validate();
        return new ProcessRef(this, id);
    }

    /// <summary>Sends a message and gives the reply, once everything that handling it has persisted is durable.</summary>
    /// <remarks>As with any asynchronous method, what needs no waiting is done on the caller's thread: the handler itself, where the process is free.</remarks>
    /// <exception cref="MailboxFullException">There is no room, and the kind's policy is to reject.</exception>
    /// <exception cref="TimeoutException">There was no reply in time. The message may be handled all the same.</exception>
    /// <exception cref="Journal.JournalException">It could not be stored, or the process could not be recovered.</exception>
    /// <exception cref="ProcessHostStoppedException">The host is not running.</exception>
    public Task<object?> CallAsync(ProcessId id, object message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        var envelope = new Envelope(EnvelopeKind.Message, message, Time.GetUtcNow());
        if (_cells.TryGetValue(id, out var cell) && !_stopping && cell.TryRun(envelope))
            return cancellationToken.CanBeCanceled ? envelope.Task.WaitAsync(cancellationToken) : envelope.Task;
        var post = PostAsync(id, envelope, cancellationToken);
        if (!post.IsCompletedSuccessfully)
            return WaitAsync(post, envelope, cancellationToken);
        return cancellationToken.CanBeCanceled ? envelope.Task.WaitAsync(cancellationToken) : envelope.Task;
    }

    /// <summary>Sends a message and completes once it is in the mailbox. A failure to handle it is logged. It is lost if the host ends before it is handled.</summary>
    /// <inheritdoc cref="CallAsync"/>
    public ValueTask CastAsync(ProcessId id, object message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        return PostAsync(id, new Envelope(EnvelopeKind.Message, message, Time.GetUtcNow()) { IsCast = true }, cancellationToken);
    }

    /// <summary>Has every process take its last snapshot and leave memory, within <see cref="ProcessHostOptions.StopTimeout"/>. What was not handled yet fails.</summary>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        if (_stopping)
            return;
        _stopping = true;
        if (_sweeper is not null)
            await _sweeper.DisposeAsync().ConfigureAwait(false);
        using var limit = new CancellationTokenSource(_options.StopTimeout, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var leaving = _cells.Values.Select(cell => Leave(cell).WaitAsync(either.Token)).ToArray();
        await Task.WhenAll(leaving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _ended.CancelAsync().ConfigureAwait(false);
    }

    /// <summary>Ends at once, as a crash would: no snapshot is taken. What is durable stays.</summary>
    public async ValueTask AbortAsync()
    {
        _stopping = true;
        if (_endedToken.IsCancellationRequested)
            return;
        if (_sweeper is not null)
            await _sweeper.DisposeAsync().ConfigureAwait(false);
        await _ended.CancelAsync().ConfigureAwait(false);
    }

    /// <summary>Stops, if it has not.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        foreach (var cell in _cells.Values.OfType<IDisposable>())
            cell.Dispose();
        _ended.Dispose();
    }

    internal ProcessDefinition Definition(string type) => Find(type)
        ?? throw new ArgumentException($"There is no process type '{type}' in this host; it has {string.Join(", ", _definitions.Keys.Order(StringComparer.Ordinal))}.");

    internal ProcessDefinition? Find(string type) => _definitions.GetValueOrDefault(type);

    internal void Remove(ProcessCell cell) => _cells.TryRemove(new KeyValuePair<ProcessId, ProcessCell>(cell.Id, cell));

    internal Task DeliverAsync(ProcessCell sender, PendingSend send) => _options.HeldSends is null ? _delivery.DeliverAsync(sender, send) : Task.CompletedTask;

    internal ValueTask PostAsync(ProcessId id, Envelope envelope, CancellationToken cancellationToken)
    {
        while (!_stopping)
        {
            switch (Cell(id).TryPost(envelope))
            {
                case PostResult.Taken:
                    return default;
                case PostResult.Full when Definition(id.Type) is var definition:
                    return definition.Overflow == MailboxOverflow.Wait
                        ? WaitForRoomAsync(id, envelope, cancellationToken)
                        : ValueTask.FromException(new MailboxFullException(id, definition.MailboxCapacity));
            }
        }

        return ValueTask.FromException(new ProcessHostStoppedException());
    }

    internal async ValueTask RecoverAsync(Func<CancellationToken, ValueTask> recover, CancellationToken cancellationToken)
    {
        await _recoveries.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await recover(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _recoveries.Release();
        }
    }

    private static async Task<object?> WaitAsync(ValueTask post, Envelope envelope, CancellationToken cancellationToken)
    {
        await post.ConfigureAwait(false);
        return await envelope.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask WaitForRoomAsync(ProcessId id, Envelope envelope, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_options.CallTimeout, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken, Ended);
        try
        {
            while (Cell(id) is var cell && cell.TryPost(envelope) != PostResult.Taken)
                await cell.WaitForRoomAsync().WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Ended.IsCancellationRequested ? new ProcessHostStoppedException() : new MailboxFullException(id, Definition(id.Type).MailboxCapacity);
        }
    }

    private ProcessCell Cell(ProcessId id)
    {
        if (_cells.TryGetValue(id, out var cell))
            return cell;
        var definition = Definition(id.Type);
        id.Validate();
        return _cells.GetOrAdd(id, static (key, at) => at.definition.CreateCell(at.host, key), (host: this, definition));
    }

    private Task Leave(ProcessCell cell)
    {
        var envelope = new Envelope(EnvelopeKind.Passivate, null, Time.GetUtcNow());
        return cell.TryPost(envelope, always: true) == PostResult.Taken ? envelope.Task : Task.CompletedTask;
    }

    private void Sweep()
    {
        var now = Time.GetUtcNow();
        foreach (var cell in _cells.Values)
            cell.Sweep(now, _options.CallTimeout);
    }
}
