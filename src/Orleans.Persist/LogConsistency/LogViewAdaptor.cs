using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using Orleans.EventSourcing;
using Orleans.Persist.Grains;
using Orleans.Persist.Journal;
using Orleans.Persist.Processes;
using Orleans.Persist.Serialization;
using Orleans.Runtime;

namespace Orleans.Persist.LogConsistency;

/// <summary>Puts the kernel under a <c>JournaledGrain</c>: a queue of raised events in front of it, and a worker that stores them, on the grain's scheduler.</summary>
/// <remarks>
/// Written against <see cref="ILogViewAdaptor{TLogView, TLogEntry}"/> itself: in Orleans' base class failures are swallowed or tried again for ever, and what would have to change is not virtual.
/// </remarks>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "Its life ends with PostOnDeactivate; the token source has no timer.")]
internal sealed partial class LogViewAdaptor<TView, TEntry> : ILogViewAdaptor<TView, TEntry>, IProcessBehavior<TView, TEntry>
    where TView : class, new()
    where TEntry : class
{
    private const int MaxBufferedBytes = 1 << 20;
    private readonly ILogViewAdaptorHost<TView, TEntry> _host;
    private readonly TView _initial;
    private readonly ILogConsistencyProtocolServices _orleans;
    private readonly KernelServices _services;
    private readonly PersistLogConsistencyOptions _options;
    private readonly ProcessKernel<TView, TEntry> _kernel;
    private readonly List<Submission<TEntry>> _pending = [];
    private readonly CancellationTokenSource _stop = new();
    private ArrayBufferWriter<byte> _payloads = new();
    private TView? _tentative;
    private long _submitted;
    private int _unconfirmed;
    private int _applied; // of the submissions being stored: their events that are in the state already
    private bool _activated;
    private Exception? _fault;

    public LogViewAdaptor(
        ILogViewAdaptorHost<TView, TEntry> host,
        TView initial,
        ILogConsistencyProtocolServices orleans,
        string stream,
        KernelOptions<TView, TEntry> kernelOptions,
        KernelServices services,
        PersistLogConsistencyOptions options)
    {
        _host = host;
        _orleans = orleans;
        _services = services;
        _options = options;
        _initial = orleans.DeepCopy(initial);
        _kernel = new ProcessKernel<TView, TEntry>(stream, this, kernelOptions, services)
        {
            State = initial,
            Persisted = (_, _) =>
            {
                _applied++;
                _unconfirmed--;
            },
        };
    }

    public TView TentativeView
    {
        get
        {
            Count("TentativeViewCalled");
            return _tentative ??= MakeTentative();
        }
    }

    public TView ConfirmedView
    {
        get
        {
            Count("ConfirmedViewCalled");
            return _kernel.State;
        }
    }

    public int ConfirmedVersion
    {
        get
        {
            Count("ConfirmedVersionCalled");
            return ToInt32(_kernel.Version);
        }
    }

    public IEnumerable<TEntry> UnconfirmedSuffix => _pending.SelectMany(submission => submission.Events).Skip(_applied);

    private string Stream => _kernel.Stream;

    public void Submit(TEntry entry)
    {
        Count("SubmitCalled");
        Enqueue([entry], conditional: false);
    }

    public void SubmitRange(IEnumerable<TEntry> entries)
    {
        Count("SubmitRangeCalled");
        Enqueue([.. entries], conditional: false);
    }

    public Task<bool> TryAppend(TEntry entry)
    {
        Count("TryAppendCalled");
        return Wait(Enqueue([entry], conditional: true));
    }

    public Task<bool> TryAppendRange(IEnumerable<TEntry> entries)
    {
        Count("TryAppendRangeCalled");
        return Wait(Enqueue([.. entries], conditional: true));
    }

    public Task ConfirmSubmittedEntries()
    {
        Count("ConfirmSubmittedEntriesCalled");
        ThrowIfFaulted();
        if (TakeUntold(out var error))
            return Task.FromException(error);
        return _pending.Count == 0 ? Task.CompletedTask : WaitFor(_submitted, 0);
    }

    public Task Synchronize()
    {
        Count("SynchronizeNowCalled");
        ThrowIfFaulted();
        return TakeUntold(out var error) ? Task.FromException(error) : WaitFor(_submitted, ++_refreshWanted);
    }

    public async Task ClearLogAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfFaulted();
        var clear = _clear ??= new ClearRequest(cancellationToken);
        StartWork();
        await Bounded(clear.Done.Task, cancellationToken).ConfigureAwait(true);
    }

    public async Task<IReadOnlyList<TEntry>> RetrieveLogSegment(int fromVersion, int toVersion)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(fromVersion);
        ArgumentOutOfRangeException.ThrowIfLessThan(toVersion, fromVersion);
        var events = new List<TEntry>(toVersion - fromVersion);
        if (toVersion == fromVersion)
            return events;
        var head = await _services.Storage.Journal.GetHeadAsync(Stream, _stop.Token).ConfigureAwait(true);
        if (head.Incarnation == _kernel.Incarnation && head.FirstVersion > fromVersion + 1)
            throw new NotSupportedException($"The events of '{Stream}' after version {fromVersion} are not there any more: the oldest that is kept is {head.FirstVersion}.");
        var range = new ReadRequest { From = fromVersion + 1L, To = toVersion, Incarnation = _kernel.Incarnation };
        await foreach (var (@event, _) in _kernel.ReadAsync(range, _stop.Token).ConfigureAwait(true))
            events.Add(@event);
        return events;
    }

    public async Task PreOnActivate() => await ActivationStart.LeaveLock();

    public Task PostOnActivate()
    {
        _activated = true;
        if (!_kernel.IsRecovered)
        {
            _refreshWanted++;
            Post();
        }

        return Task.CompletedTask;
    }

    TView IProcessBehavior<TView, TEntry>.CreateState() => _orleans.DeepCopy(_initial);

    TView IProcessBehavior<TView, TEntry>.Apply(TView state, TEntry @event, TurnContext turn)
    {
        _host.UpdateView(state, @event);
        return state;
    }

    private static int ToInt32(long version) => version <= int.MaxValue
        ? (int)version
        : throw new OverflowException($"The log has {version} events; JournaledGrain counts them with 32 bits. Clear it, or keep such grains as PersistentGrain.");

    /// <summary>Encodes at once: an event that cannot be is refused while its caller is there, and changes to it afterwards do no harm.</summary>
    private TaskCompletionSource<bool>? Enqueue(TEntry[] entries, bool conditional)
    {
        ThrowIfFaulted();
        ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
        var promise = conditional ? new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously) : null;
        if (entries.Length == 0)
        {
            promise?.SetResult(true);
            return promise;
        }

        if (_pending.Count == 0)
            _payloads.ResetWrittenCount();
        else if (_payloads.WrittenCount > MaxBufferedBytes)
            _payloads = new ArrayBufferWriter<byte>();
        var now = _services.Time.GetUtcNow();
        var data = new EventData[entries.Length];
        long bytes = 0;
        for (var i = 0; i < entries.Length; i++)
        {
            data[i] = _kernel.Encode(entries[i], now, _payloads, out entries[i]);
            bytes += EventBody.MaxLength(data[i]);
        }

        var limits = _services.Storage.Journal.Limits;
        if (data.Length > limits.MaxAppendEvents)
            throw new AppendTooLargeException(Stream, "events", data.Length, limits.MaxAppendEvents);
        var position = _kernel.Version + _unconfirmed;
        _pending.Add(new Submission<TEntry>(entries, data, _submitted, _services.Time.GetTimestamp()) { Position = conditional ? position : -1, Promise = promise, Bytes = bytes });
        _submitted += entries.Length;
        _unconfirmed += entries.Length;
        if (_tentative is not null)
        {
            foreach (var entry in entries)
                Tentatively(_tentative, entry);
        }

        Changed(tentative: true, confirmed: false);
        Post();
        return promise;
    }

    private TView MakeTentative()
    {
        var view = _orleans.DeepCopy(_kernel.State);
        foreach (var entry in UnconfirmedSuffix)
            Tentatively(view, entry);
        return view;
    }

    private void Tentatively(TView view, TEntry entry)
    {
        try
        {
            _host.UpdateView(view, entry);
        }
        catch (Exception e)
        {
            _orleans.CaughtUserCodeException("UpdateView", nameof(TentativeView), e); // whether it may be stored is the confirmed state's to say
        }
    }

    private void Changed(bool tentative, bool confirmed)
    {
        if (confirmed)
            _tentative = null;
        try
        {
            _host.OnViewChanged(tentative, confirmed);
        }
        catch (Exception e)
        {
            _orleans.CaughtUserCodeException("OnViewChanged", nameof(Changed), e);
        }
    }

    private void ThrowIfFaulted()
    {
        if (_fault is not null)
            ExceptionDispatchInfo.Throw(_fault);
    }
}
