using System.Diagnostics;
using System.Runtime.CompilerServices;
using Orleans.Persist.Diagnostics;

namespace Orleans.Persist.Processes;

/// <summary>One process in memory: its mailbox, and the loop that handles one message at a time.</summary>
internal abstract class ProcessCell : IProcessRuntime, IThreadPoolWorkItem
{
    private readonly Lock _lock = new();
    private readonly Queue<Envelope> _mailbox = new();
    private bool _busy;
    private bool _gone;
    private Envelope? _current;
    private long _lastUsed;
    private TaskCompletionSource? _room;

    protected ProcessCell(ProcessHost host, ProcessDefinition definition, ProcessId id)
    {
        Host = host;
        Definition = definition;
        Id = id;
        Stream = id.Stream;
        _lastUsed = host.Time.GetTimestamp();
    }

    public ProcessId Id { get; }

    public string Stream { get; }

    public abstract long Version { get; }

    public abstract TurnContext Turn { get; }

    protected ProcessHost Host { get; }

    protected ProcessDefinition Definition { get; }

    /// <summary>Cancelled when the host ends without waiting.</summary>
    protected CancellationToken Ended => Host.Ended;

    /// <summary>Puts something into the mailbox.</summary>
    public PostResult TryPost(Envelope envelope, bool always = false)
    {
        lock (_lock)
        {
            if (_gone)
                return PostResult.Gone;
            if (!always && _mailbox.Count >= Definition.MailboxCapacity)
                return PostResult.Full;
            _mailbox.Enqueue(envelope);
            if (_busy)
                return PostResult.Taken;
            _busy = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return PostResult.Taken;
    }

    /// <summary>Completes when a message has been taken out of the mailbox.</summary>
    public Task WaitForRoomAsync()
    {
        lock (_lock)
        {
            return _mailbox.Count < Definition.MailboxCapacity || _gone
                ? Task.CompletedTask
                : (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Looks which timers are due, on the process's turn.</summary>
    public void PostTimers() => TryPost(new Envelope(EnvelopeKind.Timers, null, Host.Time.GetUtcNow()), always: true);

    /// <summary>Takes the turn before anything is posted, for a rebuild. False where it has been taken.</summary>
    public bool TryClaim()
    {
        lock (_lock)
        {
            if (_busy || _gone)
                return false;
            return _busy = true;
        }
    }

    /// <summary>Gives back a turn that was claimed.</summary>
    public void Release() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    void IThreadPoolWorkItem.Execute() => Run(Take());

    /// <summary>Handles a message on the caller's thread, as far as it goes without waiting, where the process is free. False where it is not; then it has to be posted.</summary>
    public bool TryRun(Envelope envelope)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            return false;
        lock (_lock)
        {
            if (_gone || _busy)
                return false;
            _busy = true;
            _current = envelope;
        }

        Run(envelope);
        return true;
    }

    public abstract void SetTimer(string name, ProcessTimer? timer);

    public abstract Task SaveSnapshotAsync();

    /// <summary>The place in the whole journal up to which its snapshot reaches.</summary>
    public abstract long RebuiltTo { get; }

    /// <summary>Whether its rebuild has failed; <see cref="EndRebuild"/> says why.</summary>
    public abstract bool HasFailed { get; }

    /// <summary>Whether it is in memory and up to date.</summary>
    public abstract bool IsActive { get; }

    /// <summary>Begins a rebuild at a snapshot or at nothing. On a claimed turn.</summary>
    public abstract ValueTask BeginRebuildAsync(Journal.StreamHead head, CancellationToken cancellationToken);

    /// <summary>Applies an event of the pass, unless the snapshot covers it. Whether it did.</summary>
    public abstract bool Rebuild(Journal.RecordedEvent recorded);

    /// <inheritdoc cref="Rebuild(Journal.RecordedEvent)"/>
    public abstract bool Rebuild(Journal.EventBlock block, in Journal.BlockEvent next);

    /// <summary>Ends a rebuild; what was wrong, or null.</summary>
    public abstract Exception? EndRebuild(Journal.StreamHead head);

    /// <summary>Called when the state is recovered: what was not acknowledged goes again, timers are set.</summary>
    internal abstract void Activated();

    /// <summary>What the sweeper does: tells callers that wait for too long, and passivates a process that was idle for long enough.</summary>
    public void Sweep(DateTimeOffset now, TimeSpan callTimeout)
    {
        List<Envelope>? late = null;
        var idle = false;
        lock (_lock)
        {
            if (_current is { Kind: EnvelopeKind.Message } current && now - current.Arrival > callTimeout)
                (late ??= []).Add(current);
            foreach (var waiting in _mailbox)
            {
                if (waiting.Kind == EnvelopeKind.Message && now - waiting.Arrival > callTimeout)
                    (late ??= []).Add(waiting);
            }

            idle = !_busy && !_gone && Host.Time.GetElapsedTime(_lastUsed) >= Definition.IdleAfter;
        }

        foreach (var envelope in late ?? [])
            envelope.TrySetException(new TimeoutException($"'{Id}' has not answered within {callTimeout}. The message may be handled all the same."));
        if (idle)
            TryPost(new Envelope(EnvelopeKind.Passivate, null, now), always: true);
    }

    /// <summary>Does what an envelope asks for, on the process's turn. Failures go into the envelope.</summary>
    protected abstract ValueTask HandleAsync(Envelope envelope);

    /// <summary>Whether nothing keeps it in memory.</summary>
    protected abstract bool MayLeave { get; }

    /// <summary>Takes a last snapshot where there is news.</summary>
    protected abstract ValueTask LeaveAsync();

    /// <summary>It has left memory.</summary>
    protected abstract void Left();

    /// <summary>Handles a message without an asynchronous method, where nothing about it is special.</summary>
    /// <returns>Whether it is done; whether <see cref="Finish"/> will be called later; or whether it was not begun.</returns>
    protected virtual Begun TryBegin(Envelope envelope) => Begun.No;

    /// <summary>Goes on after <see cref="TryBegin"/> said that it would take some time.</summary>
    protected void Finish(Envelope envelope) => Run(End(envelope));

    private void Run(Envelope? envelope)
    {
        var before = Activity.Current;
        Handle(envelope);
        if (!ReferenceEquals(Activity.Current, before))
            Activity.Current = before;
    }

    private void Handle(Envelope? envelope)
    {
        while (envelope is not null)
        {
            if (Ended.IsCancellationRequested)
            {
                envelope.Fail(new ProcessHostStoppedException());
                envelope = End(envelope);
                continue;
            }

            if (envelope.Kind == EnvelopeKind.Message)
            {
                if (!ReferenceEquals(Activity.Current, envelope.Activity))
                    Activity.Current = envelope.Activity;
                envelope.Handling = ProcessInstruments.Start("process", Stream, ActivityKind.Consumer);
                if (ProcessInstruments.MeasuresHandling)
                    envelope.Begun = Host.Time.GetTimestamp();
                switch (Ended.IsCancellationRequested ? Begun.No : TryBegin(envelope))
                {
                    case Begun.Pending:
                        return;
                    case Begun.Done:
                        envelope = End(envelope);
                        continue;
                }
            }

            var handling = HandleAnyAsync(envelope);
            if (!handling.IsCompleted)
            {
                _ = GoOnAsync(handling, envelope);
                return;
            }

            envelope = End(envelope); // not by a call from there: any number may follow that need no waiting
        }
    }

    private async Task GoOnAsync(Task handling, Envelope envelope)
    {
        await handling.ConfigureAwait(false);
        Run(End(envelope));
    }

    private async Task HandleAnyAsync(Envelope envelope)
    {
        try
        {
            if (Ended.IsCancellationRequested)
                envelope.Fail(new ProcessHostStoppedException());
            else if (envelope.Kind == EnvelopeKind.Passivate)
                await PassivateAsync().ConfigureAwait(false);
            else
                await HandleAsync(envelope).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            envelope.Fail(e);
        }
    }

    private Envelope? End(Envelope envelope)
    {
        if (envelope.Handling is { } handling)
        {
            if (envelope.Error is { } failure)
                handling.SetStatus(ActivityStatusCode.Error, failure.Message);
            handling.Dispose();
        }

        if (envelope.Begun != 0)
            ProcessInstruments.OnHandled(Stream, Host.Time.GetElapsedTime(envelope.Begun));
        if (envelope.IsCast && envelope.Error is { } error)
            Host.Logger.CastFailed(error, Stream);
        var next = Take();
        envelope.Complete(inline: next is null);
        return next;
    }

    private Envelope? Take()
    {
        lock (_lock)
        {
            if (_mailbox.TryDequeue(out _current))
            {
                _room?.TrySetResult();
                _room = null;
                return _current;
            }

            _busy = false;
            return null;
        }
    }

    private async ValueTask PassivateAsync()
    {
        if (!MayLeave && !Host.IsStopping)
            return;
        await LeaveAsync().ConfigureAwait(false);
        lock (_lock)
        {
            if (_mailbox.Count > 0 && !Host.IsStopping)
                return;
            _gone = true;
            _room?.TrySetResult();
        }

        Host.Remove(this);
        Left();
        while (Take() is { } left)
        {
            left.Fail(new ProcessHostStoppedException());
            left.Complete(inline: false);
        }
    }

    /// <summary>Fails everything that waits, after an activation failed: each would wait for the same failure.</summary>
    protected void FailWaiting(Exception error)
    {
        List<Envelope> waiting;
        lock (_lock)
        {
            waiting = [.. _mailbox.Where(e => e.Kind == EnvelopeKind.Message)];
            var others = _mailbox.Where(e => e.Kind != EnvelopeKind.Message).ToArray();
            _mailbox.Clear();
            foreach (var other in others)
                _mailbox.Enqueue(other);
            _room?.TrySetResult(); // nobody may take anything out any more that would say so
            _room = null;
        }

        foreach (var envelope in waiting)
        {
            envelope.Fail(error);
            envelope.Complete(inline: false);
        }
    }

    protected void Used() => _lastUsed = Host.Time.GetTimestamp();
}
