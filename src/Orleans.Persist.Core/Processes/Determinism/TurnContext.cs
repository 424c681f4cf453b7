using System.Runtime.CompilerServices;
using System.Buffers.Binary;
using System.Text;
using Orleans.Persist.Serialization;

namespace Orleans.Persist.Processes;

/// <summary>What a handler may know of the world: the time, random numbers and GUIDs of the message or event it handles, and the way to send. Live and in a rebuild it is the same (requirements m.3 to m.5).</summary>
/// <remarks>Only valid while a handler runs, on that handler's turn.</remarks>
public sealed class TurnContext
{
    private readonly ulong _owner;
    private readonly ISendCodec? _codec;
    private readonly DeterministicRandom _random;
    private int _lane;
    private ulong _sent;
    private int _command;

    /// <summary>A context for the owner of a stream.</summary>
    /// <param name="stream">The owner's persist id: a part of the key of its random numbers.</param>
    /// <param name="codec">How messages to others are encoded; null where it cannot send.</param>
    public TurnContext(string stream, ISendCodec? codec = null)
    {
        Stream = stream;
        _owner = StableHash.Of(Encoding.UTF8.GetBytes(stream));
        _codec = codec;
        _random = new DeterministicRandom(Key);
        TimeProvider = new TurnTimeProvider(this);
    }

    /// <summary>The persist id.</summary>
    public string Stream { get; }

    /// <summary>The arrival time of the message being handled, or the time of the event (UTC).</summary>
    public DateTimeOffset Now { get; private set; }

    /// <summary>The stream's incarnation.</summary>
    public int Incarnation { get; private set; }

    /// <summary>The version of the event or journaled message being handled; for a command, the version its first event would get.</summary>
    public long Version { get; private set; }

    /// <summary>Whether this is a rebuild: the event or message was stored before.</summary>
    public bool IsReplaying { get; private set; }

    /// <summary>Random numbers keyed by (persist id, incarnation, version).</summary>
    public Random Random => _random;

    /// <summary>The clock of the turn; timers are refused.</summary>
    public TimeProvider TimeProvider { get; }

    /// <summary>The messages sent in this turn.</summary>
    internal List<OutgoingSend> Sends { get; } = [];

    /// <summary>The timers set and cancelled in this turn.</summary>
    internal List<(string Name, ProcessTimer? Timer)> Timers { get; } = [];

    /// <summary>A digest of all draws, sends and timers of the turn; 0 where there were none.</summary>
    internal ulong Digest => _random.Drawn == 0 && _sent == 0 ? 0 : TurnDigest.Add(_random.Drawn, _sent);

    /// <summary>Whether the handler may send: an event handler that only folds may not.</summary>
    internal bool MaySend { get; set; } = true;

    /// <summary>How many messages wait for an acknowledgement, and how many may.</summary>
    internal Func<int>? Unacknowledged { get; set; }

    internal int MaxUnacknowledged { get; set; } = int.MaxValue;

    /// <summary>A new version 4 GUID from <see cref="Random"/>.</summary>
    public Guid NewGuid() => _random.NextGuid();

    /// <summary>Sends a message to another process: stored with this turn, delivered once that is durable, until the receiver has it (requirement m.5).</summary>
    /// <exception cref="InvalidOperationException">The handler may not send, or too many messages are not acknowledged yet.</exception>
    public void Send(ProcessId to, object message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (_codec is null || !MaySend)
            throw new InvalidOperationException($"'{Stream}' cannot send from here: a fold is repeated in every rebuild. Send from the command handler or from OnEvent.");
        if (!IsReplaying && Sends.Count + (Unacknowledged?.Invoke() ?? 0) >= MaxUnacknowledged)
            throw new InvalidOperationException($"'{Stream}' has {MaxUnacknowledged} messages that were not acknowledged; it may send again once receivers have taken some.");
        var encoded = _codec.Encode(to, message);
        _sent = TurnDigest.Add(TurnDigest.Add(TurnDigest.Add(_sent, to.Stream), encoded.Type), encoded.Data.Span);
        Sends.Add(new OutgoingSend(to.Stream, encoded));
    }

    /// <summary>Begins the turn of an event or a journaled message that is, or will be, stored under <paramref name="version"/>.</summary>
    // A rebuild is over before tiered compilation has got round to its loops.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Begin(int incarnation, long version, DateTimeOffset now, bool replaying)
    {
        (Incarnation, Version, Now, IsReplaying) = (incarnation, version, now, replaying);
        _lane = 0;
        _random.Reset();
        _sent = 0;
        if (Sends.Count > 0)
            Sends.Clear();
        if (Timers.Count > 0)
            Timers.Clear();
    }

    /// <summary>Begins the turn of a command. Its draws are its own: they are not repeated in a rebuild, and belong into the events.</summary>
    public void BeginCommand(int incarnation, long version, DateTimeOffset now)
    {
        (Incarnation, Version, Now, IsReplaying) = (incarnation, version + 1, now, false);
        _lane = ++_command;
        _random.Reset();
        _sent = 0;
        if (Sends.Count > 0)
            Sends.Clear();
        if (Timers.Count > 0)
            Timers.Clear();
    }

    /// <summary>Begins what follows an event that has just become durable (a forward, a nested persist); sends of the turn so far are kept.</summary>
    internal void BeginEvent(long version, DateTimeOffset now)
    {
        (Version, Now) = (version, now);
        _lane = 0;
        _random.Reset();
    }

    /// <summary>Sets a timer, or cancels it; in force once the turn is durable.</summary>
    internal void Set(string name, ProcessTimer? timer)
    {
        _sent = TurnDigest.Add(TurnDigest.Add(_sent, name), timer is null ? 0 : (ulong)timer.Due.UtcTicks);
        Timers.Add((name, timer));
    }

    /// <summary>Adds to the digest that the turn has called somebody and waits for the reply.</summary>
    internal void Called(string target, string method, ReadOnlySpan<byte> arguments) =>
        _sent = TurnDigest.Add(TurnDigest.Add(TurnDigest.Add(_sent, target), method), arguments);

    private ulong Key()
    {
        Span<byte> key = stackalloc byte[16];
        BinaryPrimitives.WriteInt32LittleEndian(key, Incarnation);
        BinaryPrimitives.WriteInt64LittleEndian(key[4..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(key[12..], _lane);
        var hash = StableHash.Of(key, _owner);
        return _lane == 0 ? hash : StableHash.Combine(hash, (ulong)Now.UtcTicks); // a command that persists nothing leaves the version as it is
    }
}
