using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Orleans.Persist.Journal;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Processes;

/// <summary>What every persistent process does, in process and on Orleans alike: recover from snapshot and tail, append, settle an ambiguous answer, take snapshots, keep time, randomness and sends deterministic.</summary>
/// <remarks>
/// <para>Not safe for concurrent use: whoever puts a mailbox or a grain in front of it calls one member at a time.</para>
/// <para>After a failure <see cref="IsRecovered"/> is false: what is in memory may differ from the journal, and <see cref="RecoverAsync"/> or <see cref="CatchUpAsync"/> must be called before anything else.</para>
/// <para>It goes on in its caller's context (a grain's scheduler), so that the state changes only there.</para>
/// </remarks>
/// <typeparam name="TState">The state.</typeparam>
/// <typeparam name="TEvent">The common type of the events, or of the journaled messages.</typeparam>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "What it owns goes with the end of every append that fails, and with EndAsync.")]
public sealed partial class ProcessKernel<TState, TEvent>
    where TEvent : notnull
{
    private readonly IProcessBehavior<TState, TEvent> _behavior;
    private readonly KernelOptions<TState, TEvent> _options;
    private readonly KernelServices _services;
    private readonly bool _journaled;
    private readonly MessageCodec<TEvent> _messages;
    private readonly KernelMemory _memory = new();
    private readonly ArrayBufferWriter<byte> _payloads = new();
    private readonly ArrayBufferWriter<byte> _records = new();
    private readonly List<TEvent> _decoded = [];
    private bool _intact; // the state is that of Version, whatever the journal has beyond it

    /// <summary>A kernel for one process. It knows nothing until <see cref="RecoverAsync"/>.</summary>
    /// <param name="stream">The stream of its events: its persist id.</param>
    /// <param name="behavior">How its state is made and folded.</param>
    /// <param name="options">How it is kept.</param>
    /// <param name="services">What it works with.</param>
    /// <param name="journaled">Whether its events are messages that it handles again in a rebuild, so that each must draw and send the same again.</param>
    public ProcessKernel(
        string stream, IProcessBehavior<TState, TEvent> behavior, KernelOptions<TState, TEvent> options, KernelServices services, bool journaled = false)
    {
        StreamName.Validate(stream, "process");
        Stream = stream;
        _behavior = behavior;
        _options = options;
        _services = services;
        _journaled = journaled;
        _messages = new MessageCodec<TEvent>(options.Events);
        Turn = new TurnContext(stream, services.Sends) { Unacknowledged = () => _memory.Unacknowledged, MaxUnacknowledged = options.MaxUnacknowledgedSends };
        State = default!;
    }

    /// <summary>The stream of the process's events: its persist id.</summary>
    public string Stream { get; }

    /// <summary>The state as of <see cref="Version"/>. A journaled process changes it in its handler.</summary>
    public TState State { get; set; }

    /// <summary>The version of the newest event in <see cref="State"/>.</summary>
    public long Version { get; private set; }

    /// <summary>The incarnation of the stream.</summary>
    public int Incarnation { get; private set; }

    /// <summary>The place of the newest event in the whole journal, or 0 where the plug-in has none.</summary>
    public long Position { get; private set; }

    /// <summary>When the newest event was recorded (UTC).</summary>
    public DateTimeOffset LastRecorded { get; private set; }

    /// <summary>Whether the state is that of the journal.</summary>
    public bool IsRecovered { get; private set; }

    /// <summary>What a handler may know of the world.</summary>
    public TurnContext Turn { get; }

    /// <summary>The timers that are set.</summary>
    public IReadOnlyCollection<ProcessTimer> Timers => _memory.Timers.Values;

    /// <summary>How many stored sends were not acknowledged.</summary>
    public int UnacknowledgedSends => _memory.Unacknowledged;

    /// <summary>The receivers that owe an acknowledgement.</summary>
    public IReadOnlyCollection<string> Receivers => _memory.Receivers;

    /// <summary>Whether a message that was sent has been handled here before.</summary>
    public bool IsDuplicate(SendOrigin origin) => _memory.IsDuplicate(origin);

    /// <summary>The oldest send to a receiver that it has not acknowledged. Sends to one receiver go out one after another.</summary>
    public PendingSend? NextSend(string receiver) => _memory.First(receiver);

    /// <summary>A receiver has what was sent to it up to a number. Stored with the next append, or in a snapshot.</summary>
    public void Acknowledge(string receiver, SendNumber number)
    {
        if (!_memory.Acknowledge(receiver, number))
            return;
        _memory.NewAcks.RemoveAll(a => a.To == receiver);
        _memory.NewAcks.Add((receiver, number));
        _changedMemory = true;
    }

    /// <summary>Says that what is in memory may differ from the journal: recover before anything else.</summary>
    public void Invalidate() => IsRecovered = _intact = false;

    private void ThrowIfNotRecovered()
    {
        if (!IsRecovered)
            throw new InvalidOperationException($"'{Stream}' is not recovered.");
    }
}
