using Orleans.Persist.Journal;
using Orleans.Persist.Memory;
using Orleans.Persist.Processes;

namespace Orleans.Persist.TestKit.Processes;

/// <summary>The test of one process: what is given, and what happens when. Made by <see cref="ProcessTest"/>.</summary>
/// <remarks>One call at a time. Disposing of it fails where the last turn threw and nobody looked.</remarks>
/// <typeparam name="TState">The state.</typeparam>
/// <typeparam name="TEvent">The common type of the events, or of the journaled messages.</typeparam>
public sealed class ProcessScenario<TState, TEvent> : IAsyncDisposable
    where TEvent : notnull
{
    private readonly ProcessDefinition _definition;
    private readonly ProcessTestOptions _setup;
    private readonly bool _journaled;
    private readonly ManualTimeProvider _clock;
    private readonly MemoryStorage _storage;
    private readonly HeldSends _sends;
    private readonly HandlerFailures _failures = new();
    private readonly StoredForm<TState, TEvent> _form;
    private ProcessHost _host;
    private bool _active;
    private ProcessTurn<TState, TEvent>? _last;

    internal ProcessScenario(ProcessDefinition definition, KernelOptions<TState, TEvent> kept, ProcessTestOptions setup, bool journaled)
    {
        _definition = definition;
        _setup = setup;
        _journaled = journaled;
        _clock = new ManualTimeProvider(setup.Start);
        _storage = new MemoryStorage(_clock);
        _sends = new HeldSends(setup.Receivers);
        _form = new StoredForm<TState, TEvent>(kept, _sends);
        _host = NewHost();
    }

    /// <summary>The process.</summary>
    public ProcessId Id => _setup.Id;

    /// <summary>What the clock shows (UTC).</summary>
    public DateTimeOffset Now => _clock.GetUtcNow();

    /// <summary>Gives the process a past. Events are in its journal, at the clock's time; the process recovers from them. Messages to a journaled process are handled, at the clock's time.</summary>
    /// <exception cref="ProcessAssertionException">A message was refused.</exception>
    public async Task<ProcessScenario<TState, TEvent>> GivenAsync(params IEnumerable<TEvent> past)
    {
        _last?.ThrowIfUnseen();
        if (_journaled)
        {
            foreach (var message in past)
                (await TurnAsync($"given {Shown.Of(message)}", () => _host.CallAsync(Id, message))).ThrowIfUnseen();
            return this;
        }

        var events = past.Select(e => _form.Encode(e, Now)).ToArray();
        if (events.Length == 0)
            return this;
        if (_active)
            await RestartAsync(crash: true);
        await _storage.Journal.AppendAsync(Id.Stream, ExpectedVersion.Any, events, null);
        return this;
    }

    /// <summary>Sets the clock forward before anything happens; timers that are due on the way fire.</summary>
    /// <exception cref="ProcessAssertionException">A timer's message was refused.</exception>
    public async Task<ProcessScenario<TState, TEvent>> GivenTimeAsync(DateTimeOffset now)
    {
        (await WhenTimePassesAsync(now - Now)).ThrowIfUnseen();
        return this;
    }

    /// <summary>Sends the process a command or message, at the clock's time, and says what it did. An exception of the handler is part of that.</summary>
    /// <exception cref="ProcessAssertionException">The turn does not end, or its rebuild gives something else; or the turn before threw, and nobody looked.</exception>
    public Task<ProcessTurn<TState, TEvent>> WhenAsync(object message) =>
        TurnAsync($"when {Shown.Of(message)}", () => _host.CallAsync(Id, message));

    /// <summary>Lets time pass, and says what the process did by its timers, each at its own time.</summary>
    /// <inheritdoc cref="WhenAsync"/>
    public Task<ProcessTurn<TState, TEvent>> WhenTimePassesAsync(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        return TurnAsync($"when {by} passes", () => PassAsync(Now + by));
    }

    /// <summary>Stops the process and has it recover: from its last snapshot, if its policy takes one on passivation; after a crash from what was durable.</summary>
    /// <param name="crash">Whether it ends without a last snapshot.</param>
    public async Task<ProcessScenario<TState, TEvent>> RestartAsync(bool crash = false)
    {
        _last?.ThrowIfUnseen();
        if (crash)
            await _host.AbortAsync();
        await _host.DisposeAsync();
        _host = NewHost();
        _active = false;
        return this;
    }

    /// <inheritdoc/>
    /// <exception cref="ProcessAssertionException">The last turn threw, and nobody looked.</exception>
    public async ValueTask DisposeAsync()
    {
        await _host.AbortAsync();
        await _host.DisposeAsync();
        _failures.Dispose();
        _last?.ThrowIfUnseen();
    }

    private ProcessHost NewHost() => new(_storage, [_definition], new ProcessHostOptions { HeldSends = _sends }, _clock, _failures);

    private async Task<ProcessTurn<TState, TEvent>> TurnAsync(string what, Func<Task<object?>> act)
    {
        _last?.ThrowIfUnseen();
        var scene = $"{what}, at {Now:O}, '{Id}'";
        var before = (await _storage.Journal.GetHeadAsync(Id.Stream)).Version;
        object? reply = null;
        Exception? error = null;
        var state = default(TState)!;
        _active = true;
        try
        {
            await LookAsync();
            reply = await EndAsync(act(), what);
        }
        catch (Exception e) when (e is not ProcessAssertionException)
        {
            error = e;
        }

        try
        {
            state = await SettleAsync();
        }
        catch (Exception e) when (e is not ProcessAssertionException)
        {
            error ??= e;
        }

        error ??= _failures.Take();
        var (events, sends) = await ReadAsync(before + 1);
        var head = await _storage.Journal.GetHeadAsync(Id.Stream);
        if (_setup.CheckRebuild && error is null)
            state = await RebuildAsync(state, head, scene);
        return _last = new ProcessTurn<TState, TEvent>(_form, scene, reply, error, state, head.Version) { Events = events, Sends = sends };
    }

    private async Task<object?> PassAsync(DateTimeOffset end)
    {
        while (_clock.NextDue is { } due && due <= end)
        {
            _clock.Advance(due > Now ? due - Now : TimeSpan.Zero);
            await SettleAsync();
        }

        _clock.Advance(end - Now);
        return null;
    }

    private async Task<(List<TEvent> Events, List<SentMessage> Sends)> ReadAsync(long from)
    {
        var events = new List<TEvent>();
        var sends = new List<SentMessage>();
        await foreach (var recorded in _storage.Journal.ReadAsync(Id.Stream, new ReadRequest { From = from }))
        {
            if (recorded.Type[0] != '$')
                events.AddRange(_form.Decode(recorded));
            if (!recorded.Kernel.IsEmpty)
                sends.AddRange(KernelRecord.Read(recorded.Kernel).Sends.Select(_sends.Decode));
        }

        return (events, sends);
    }

    private async Task<TState> RebuildAsync(TState live, StreamHead head, string scene)
    {
        PastState<TState> rebuilt;
        try
        {
            rebuilt = await EndAsync(_host.GetStateAsync<TState>(Id, new RecoveryOptions { UseSnapshots = head.FirstVersion > 1 }).AsTask(), "the rebuild");
        }
        catch (Exception e) when (e is ReplayDivergedException or PoisonEventException)
        {
            throw new ProcessAssertionException($"The turn cannot be rebuilt\n  + {Shown.Of(e)}\n{scene}", e);
        }

        return _form.AreSame(live, rebuilt.State)
            ? rebuilt.State
            : throw new ProcessAssertionException($"A rebuild gives another state than the turn has left\n  - {Shown.Of(live)}\n  + {Shown.Of(rebuilt.State)}\n{scene}");
    }

    /// <summary>Waits until the process has done what is in its mailbox, and what that has put there.</summary>
    private async Task<TState> SettleAsync()
    {
        PastState<TState> before;
        var after = await LookAsync();
        do
        {
            before = after;
            await LookAsync();
            after = await LookAsync();
        }
        while (after.Version > before.Version);
        return after.State;
    }

    private Task<PastState<TState>> LookAsync() => EndAsync(_host.GetActiveStateAsync<TState>(Id), "a look at the state");

    private async Task<T> EndAsync<T>(Task<T> task, string what)
    {
        if (await Task.WhenAny(task, Task.Delay(_setup.Timeout)) != task)
            throw new ProcessAssertionException($"Not ended within {_setup.Timeout}: {what}. A handler may await what never comes.");
        return await task;
    }
}
