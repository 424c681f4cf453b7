using System.Runtime.CompilerServices;

namespace Orleans.Persist.TestKit.Processes;

/// <summary>What a process did in one turn of a test, and what is expected of it.</summary>
/// <remarks>The members <c>Then…</c> throw a <see cref="ProcessAssertionException"/> where it is not so, and give back the turn for the next one. Where the handler threw, <see cref="ThenThrows{TException}"/> comes first.</remarks>
/// <typeparam name="TState">The state.</typeparam>
/// <typeparam name="TEvent">The common type of the events, or of the journaled messages.</typeparam>
public sealed class ProcessTurn<TState, TEvent>
    where TEvent : notnull
{
    private readonly StoredForm<TState, TEvent> _form;
    private readonly string _scene;
    private readonly Exception? _error;
    private readonly TState _state;

    internal ProcessTurn(StoredForm<TState, TEvent> form, string scene, object? reply, Exception? error, TState state, long version)
    {
        _form = form;
        _scene = scene;
        _error = error;
        _state = state;
        Reply = reply;
        Version = version;
    }

    /// <summary>The events that became durable, in order, as a replay gives them; of a journaled process the messages.</summary>
    public IReadOnlyList<TEvent> Events { get; internal init; } = [];

    /// <summary>The messages that were stored to be sent, in order.</summary>
    public IReadOnlyList<SentMessage> Sends { get; internal init; } = [];

    /// <summary>The reply.</summary>
    public object? Reply { get; }

    /// <summary>The version of the newest event after the turn.</summary>
    public long Version { get; }

    /// <summary>What the handler threw, or why storing failed; null where all went well.</summary>
    public Exception? Error
    {
        get
        {
            IsErrorSeen = true;
            return _error;
        }
    }

    /// <summary>The state after the turn: rebuilt from the journal, so a copy of its own, unless <see cref="ProcessTestOptions.CheckRebuild"/> is off.</summary>
    /// <exception cref="ProcessAssertionException">The handler threw, and nobody has looked at that.</exception>
    public TState State
    {
        get
        {
            ThrowIfUnseen();
            return _state;
        }
    }

    internal bool IsErrorSeen { get; private set; }

    /// <summary>Exactly these events became durable, in this order; none where none is given.</summary>
    public ProcessTurn<TState, TEvent> ThenEvents(params IEnumerable<TEvent> expected)
    {
        ThrowIfUnseen();
        return Compare("events", [.. expected], Events, _form.AreSame);
    }

    /// <summary>Exactly these messages were sent, in this order; none where none is given.</summary>
    public ProcessTurn<TState, TEvent> ThenSends(params IEnumerable<SentMessage> expected)
    {
        ThrowIfUnseen();
        return Compare("sends", [.. expected], Sends, _form.AreSame);
    }

    /// <summary>No event became durable and nothing was sent.</summary>
    public ProcessTurn<TState, TEvent> ThenNothing() => ThenEvents().ThenSends();

    /// <summary>The reply equals this; a sequence by its elements.</summary>
    public ProcessTurn<TState, TEvent> ThenReply(object? expected)
    {
        ThrowIfUnseen();
        var same = Equals(expected, Reply)
            || (expected is System.Collections.IEnumerable left and not string && Reply is System.Collections.IEnumerable right && left.Cast<object?>().SequenceEqual(right.Cast<object?>()));
        return same ? this : throw Failed($"Another reply than expected\n  - {Shown.Of(expected)}\n  + {Shown.Of(Reply)}");
    }

    /// <summary>The state is this one: equal, or the same in a snapshot.</summary>
    public ProcessTurn<TState, TEvent> ThenState(TState expected) =>
        _form.AreSame(expected, State) ? this : throw Failed($"Another state than expected\n  - {Shown.Of(expected)}\n  + {Shown.Of(State)}");

    /// <summary>The state fulfils a condition.</summary>
    /// <param name="holds">The condition.</param>
    /// <param name="condition">Its text, for the failure's message: left to the compiler.</param>
    public ProcessTurn<TState, TEvent> ThenState(Func<TState, bool> holds, [CallerArgumentExpression(nameof(holds))] string condition = "")
    {
        ArgumentNullException.ThrowIfNull(holds);
        return holds(State) ? this : throw Failed($"The state does not fulfil\n  - {condition}\n  + {Shown.Of(State)}");
    }

    /// <summary>The handler threw this exception, or one derived from it.</summary>
    /// <param name="messageContains">What its message contains, or null for any.</param>
    public ProcessTurn<TState, TEvent> ThenThrows<TException>(string? messageContains = null)
        where TException : Exception
    {
        var expected = $"{typeof(TException).Name}{(messageContains is null ? "" : $": …{messageContains}…")}";
        if (Error is null)
            throw Failed($"No exception\n  - {expected}\n  + reply {Shown.Of(Reply)}, {Events.Count} events{Shown.Difference([], Events, _form.AreSame)}");
        if (Error is not TException || (messageContains is not null && !Error.Message.Contains(messageContains, StringComparison.Ordinal)))
            throw Failed($"Another exception than expected\n  - {expected}\n  + {Shown.Of(Error)}", Error);
        return this;
    }

    internal void ThrowIfUnseen()
    {
        if (_error is null || IsErrorSeen)
            return;
        IsErrorSeen = true;
        throw Failed($"An exception that is not expected\n  + {Shown.Of(_error)}", _error);
    }

    private ProcessTurn<TState, TEvent> Compare<T>(string what, IReadOnlyList<T> expected, IReadOnlyList<T> came, Func<T, T, bool> same)
    {
        if (expected.Count == came.Count && expected.Zip(came).All(pair => same(pair.First, pair.Second)))
            return this;
        throw Failed($"Other {what} than expected (- expected {expected.Count}, + came {came.Count}){Shown.Difference(expected, came, same)}");
    }

    private ProcessAssertionException Failed(string what, Exception? cause = null) => new($"{what}\n{_scene}", cause);
}
