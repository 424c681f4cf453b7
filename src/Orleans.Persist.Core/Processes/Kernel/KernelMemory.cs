using System.Buffers;

namespace Orleans.Persist.Processes;

/// <summary>What the kernel remembers of a process beside its state: the highest number per sender, and its own sends that were not acknowledged (requirement m.5). It is rebuilt from the events' records, and stands in every snapshot.</summary>
internal sealed class KernelMemory
{
    private const byte Layout = 1;
    private readonly Dictionary<string, SendNumber> _received = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Queue<PendingSend>> _unacknowledged = new(StringComparer.Ordinal);

    /// <summary>How many sends are not acknowledged.</summary>
    public int Unacknowledged { get; private set; }

    /// <summary>Acknowledgements that are not stored yet; they go into the next append.</summary>
    public List<(string To, SendNumber Number)> NewAcks { get; } = [];

    /// <summary>The timers that are set, by name.</summary>
    public SortedDictionary<string, ProcessTimer> Timers { get; } = new(StringComparer.Ordinal);

    /// <summary>The receivers that owe an acknowledgement.</summary>
    public IReadOnlyCollection<string> Receivers => _unacknowledged.Keys;

    public bool IsDuplicate(SendOrigin origin) => _received.TryGetValue(origin.Sender, out var highest) && origin.Number <= highest;

    public PendingSend? First(string receiver) => _unacknowledged.TryGetValue(receiver, out var queue) ? queue.Peek() : null;

    public void Clear()
    {
        _received.Clear();
        _unacknowledged.Clear();
        NewAcks.Clear();
        Timers.Clear();
        Unacknowledged = 0;
    }

    /// <summary>Takes over what was stored with an event.</summary>
    public void Stored(int incarnation, long version, SendOrigin? origin, IReadOnlyList<OutgoingSend> sends)
    {
        if (origin is { } from)
            _received[from.Sender] = from.Number;
        for (var i = 0; i < sends.Count; i++)
            Add(new PendingSend(sends[i].To, new SendNumber(incarnation, version, i), sends[i].Message));
    }

    /// <summary>Forgets the sends to a receiver up to a number. Whether there were any.</summary>
    public bool Acknowledge(string receiver, SendNumber number)
    {
        if (!_unacknowledged.TryGetValue(receiver, out var queue))
            return false;
        var before = Unacknowledged;
        while (queue.Count > 0 && queue.Peek().Number <= number)
        {
            queue.Dequeue();
            Unacknowledged--;
        }

        if (queue.Count == 0)
            _unacknowledged.Remove(receiver);
        return Unacknowledged < before;
    }

    /// <summary>Sets, moves or removes timers.</summary>
    public void Change(List<(string Name, ProcessTimer? Timer)> changes)
    {
        foreach (var (name, timer) in changes)
        {
            if (timer is null)
                Timers.Remove(name);
            else
                Timers[name] = timer;
        }
    }

    /// <summary>A timer's message is being handled: it is due again after its period, or gone. Times that were missed (nothing ran) are passed over.</summary>
    public void Fired(string name, DateTimeOffset now)
    {
        if (Timers.TryGetValue(name, out var timer) && timer.Period > TimeSpan.Zero)
            Timers[name] = timer with { Due = timer.Due + timer.Period > now ? timer.Due + timer.Period : now + timer.Period };
        else
            Timers.Remove(name);
    }

    /// <param name="output">Where to.</param>
    /// <param name="timers">How the messages of timers are encoded; null where timers do not outlive the process.</param>
    public void Write(ArrayBufferWriter<byte> output, Func<object, EncodedMessage>? timers)
    {
        output.Number(Layout);
        output.Number((ulong)_received.Count);
        foreach (var (sender, number) in _received.OrderBy(r => r.Key, StringComparer.Ordinal))
        {
            output.Text(sender);
            output.SendNumber(number);
        }

        output.Number((ulong)Unacknowledged);
        foreach (var send in _unacknowledged.OrderBy(q => q.Key, StringComparer.Ordinal).SelectMany(q => q.Value))
        {
            output.Text(send.To);
            output.SendNumber(send.Number);
            output.Message(send.Message);
        }

        output.Number(timers is null ? 0 : (ulong)Timers.Count);
        if (timers is null)
            return;
        foreach (var timer in Timers.Values)
        {
            output.Text(timer.Name);
            output.Number((ulong)timer.Due.UtcTicks);
            output.Number((ulong)timer.Period.Ticks);
            output.Message(timers(timer.Message));
        }
    }

    public void Read(ref ByteReader reader, Func<EncodedMessage, object>? timers)
    {
        Clear();
        if (reader.Number() != Layout)
            throw new FormatException("The kernel's part of the snapshot was written in a newer layout.");
        for (var left = reader.Count(4); left > 0; left--)
            _received[reader.Text()] = reader.SendNumber();
        for (var left = reader.Count(4); left > 0; left--)
            Add(new PendingSend(reader.Text(), reader.SendNumber(), reader.Message()));
        for (var left = reader.Count(4); left > 0; left--)
        {
            var name = reader.Text();
            var due = new DateTimeOffset((long)reader.Number(), TimeSpan.Zero);
            var period = new TimeSpan((long)reader.Number());
            var message = reader.Message();
            Timers[name] = new ProcessTimer(name, due, period, timers?.Invoke(message) ?? throw new FormatException($"The snapshot has the timer '{name}' of a journaled process."));
        }
    }

    private void Add(PendingSend send)
    {
        if (!_unacknowledged.TryGetValue(send.To, out var queue))
            _unacknowledged.Add(send.To, queue = new Queue<PendingSend>());
        queue.Enqueue(send);
        Unacknowledged++;
    }
}
