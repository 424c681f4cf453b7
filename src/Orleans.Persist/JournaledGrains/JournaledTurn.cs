using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Orleans.Persist.Processes;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;

namespace Orleans.Persist.JournaledGrains;

/// <summary>The turn of one message of a journaled grain: runs its handler, live or in a rebuild, so that what the handler sees comes in the same order each time.</summary>
/// <remarks>
/// The handler's code runs here alone, until nothing of it can go on; then it gets one reply, and so on. Live, the replies are those that have arrived; in a rebuild
/// those that are stored. A handler that waits for anything else could not be rebuilt, and is refused live.
/// </remarks>
internal sealed class JournaledTurn
{
    private static readonly AsyncLocal<JournaledTurn?> Local = new();
    private readonly TurnQueue _queue = new();
    private readonly Lock _lock = new();
    private readonly TurnContext _context;
    private readonly JournaledMessages _messages;
    private readonly IReadOnlyList<RecordedReply>? _recorded;
    private readonly List<RecordedReply> _replies = [];
    private readonly List<PendingCall> _calls = [];
    private readonly Queue<PendingCall> _arrived = new();
    private List<Action>? _sends;
    private int _delivered;
    private bool _ended;

    /// <summary>A turn.</summary>
    /// <param name="context">What its handler draws and sends.</param>
    /// <param name="messages">How calls are named and encoded.</param>
    /// <param name="recorded">The stored replies, in a rebuild; null live.</param>
    public JournaledTurn(TurnContext context, JournaledMessages messages, IReadOnlyList<RecordedReply>? recorded = null)
    {
        _context = context;
        _messages = messages;
        _recorded = recorded;
    }

    /// <summary>The turn whose handler is running here; null outside of one.</summary>
    public static JournaledTurn? Current => Local.Value;

    /// <summary>The replies that the handler got, in that order.</summary>
    public IReadOnlyList<RecordedReply> Replies => _replies;

    /// <summary>Runs a handler live.</summary>
    /// <exception cref="InvalidOperationException">It waits for something that is neither a grain call nor its own.</exception>
    public async Task RunAsync(Func<Task> handler)
    {
        var running = Start(handler);
        try
        {
            while (!Advance(running))
            {
                if (_delivered == _calls.Count)
                    throw new InvalidOperationException($"The handler of '{_context.Stream}' waits for something other than a grain call. That could not be repeated in a rebuild: do it elsewhere, and tell the grain the outcome by a call.");
                await _queue.WaitAsync().ConfigureAwait(true);
            }
        }
        finally
        {
            _ended = true;
        }

        await running.ConfigureAwait(true);
    }

    /// <summary>Runs a handler in a rebuild.</summary>
    /// <exception cref="ReplayDivergedException">It waits for something that is not stored, or no longer for what is.</exception>
    public void Replay(Func<Task> handler, string type)
    {
        var running = Start(handler);
        var done = Advance(running);
        _ended = true;
        if (!done)
            throw Diverged(type, _delivered < _recorded!.Count ? "it waits for something other than the next reply it got" : "it waits for more than it got");
        if (_delivered < _recorded!.Count)
            throw Diverged(type, $"it waits for {_delivered} replies, and {_recorded.Count} are stored");
#pragma warning disable MA0045, CA1849 // it has completed
        running.GetAwaiter().GetResult();
#pragma warning restore MA0045, CA1849
    }

    /// <summary>Calls somebody, and has the reply stored; in a rebuild gives the stored one.</summary>
    public Task<T?> CallAsync<T>(GrainReference to, IInvokable request, Func<ValueTask<T?>> make)
    {
        Note(to, request);
        var call = new TypedCall<T>(_calls.Count);
        _calls.Add(call);
        if (_recorded is null)
            _ = MakeAsync(call, make);
        return call.Task;
    }

    /// <summary>Calls somebody one way: once the turn is durable, and not in a rebuild.</summary>
    public void Send(GrainReference to, IInvokable request, Action make)
    {
        Note(to, request);
        if (_recorded is null)
            (_sends ??= []).Add(make);
    }

    /// <summary>The turn is durable: what it has called one way goes out.</summary>
    public void Complete()
    {
        foreach (var send in _sends ?? [])
            send();
    }

    private Task<object?> Start(Func<Task> handler) => _queue.Start(this, handler, static (turn, handler) => turn.EnterAsync((Func<Task>)handler)).AsTask();

    private async ValueTask<object?> EnterAsync(Func<Task> handler)
    {
        Local.Value = this; // for this flow: what the handler calls, and what goes on from there
        await handler().ConfigureAwait(true);
        return null;
    }

    /// <summary>Runs what can run, one reply after the other. Whether the handler has ended.</summary>
    private bool Advance(Task running)
    {
        do
        {
            _queue.Run();
            if (running.IsCompleted)
                return true;
        }
        while (TryDeliver());
        return false;
    }

    private bool TryDeliver()
    {
        if (_recorded is not null)
        {
            if (_delivered == _recorded.Count || _recorded[_delivered].Call >= _calls.Count)
                return false;
            var reply = _recorded[_delivered++];
            _queue.Post(_ => _calls[reply.Call].Complete(reply, _messages.Serializer), null);
            return true;
        }

        if (!TryTake(out var call))
            return false;
        _delivered++;
        _replies.Add(call.Record(_messages.Serializer));
        _queue.Post(static call => ((PendingCall)call!).Complete(), call);
        return true;
    }

    private bool TryTake([MaybeNullWhen(false)] out PendingCall call)
    {
        lock (_lock)
            return _arrived.TryDequeue(out call);
    }

    private async Task MakeAsync<T>(TypedCall<T> call, Func<ValueTask<T?>> make)
    {
        Local.Value = null; // what Orleans does for the call is not the handler's
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            call.Arrived(await make().ConfigureAwait(false));
        }
        catch (Exception e)
        {
            call.Failed(e);
        }

        lock (_lock)
            _arrived.Enqueue(call);
        _queue.Signal();
    }

    /// <summary>Has the digest of the turn know whom it calls and with what.</summary>
    private void Note(GrainReference to, IInvokable request)
    {
        if (_ended)
            throw new InvalidOperationException($"The handler of '{_context.Stream}' has ended; what it left running may not call {_messages.NameOf(request)}.");
        if (typeof(IAsyncEnumerableGrainExtension).IsAssignableFrom(request.GetInterfaceType()))
            throw new NotSupportedException($"The handler of '{_context.Stream}' enumerates what a grain streams. That could not be repeated in a rebuild: have it called with what it needs.");
        if (to.GrainId.IsSystemTarget() || typeof(IGrainExtension).IsAssignableFrom(request.GetInterfaceType()))
        {
            _context.Called("", _messages.NameOf(request), default); // which silo's, and with what numbers, is not the handler's
            return;
        }

        var arguments = new ArrayBufferWriter<byte>();
        _messages.Of(request).Write(_messages.Serializer, arguments);
        _context.Called(to.GrainId.ToString(), _messages.NameOf(request), arguments.WrittenSpan);
    }

    private ReplayDivergedException Diverged(string type, string how) => new(_context.Stream, _context.Version, type, how);
}
