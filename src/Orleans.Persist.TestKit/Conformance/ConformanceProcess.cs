using Orleans.Persist.Processes;

namespace Orleans.Persist.TestKit.Conformance;

/// <summary>A persistent process that does what it is told: its commands are functions. What is a process's own business is public here.</summary>
/// <param name="happened">Called with each event after it is durable, and its version.</param>
public sealed class ConformanceProcess(Action<ConformanceProcess, ConformanceEvent, long>? happened = null) : PersistentProcess<ConformanceLog, ConformanceEvent>
{
    /// <summary>The kind's name in the suites.</summary>
    public const string Kind = "conformance";

    /// <summary>How often it was recovered: at most once in its life.</summary>
    public int Recoveries { get; private set; }

    /// <inheritdoc cref="PersistentProcess{TState,TEvent}.State"/>
    public ConformanceLog Log => State;

    /// <inheritdoc cref="Process.Version"/>
    public long At => Version;

    /// <inheritdoc cref="Process.Now"/>
    public DateTimeOffset Time => Now;

    /// <inheritdoc cref="Process.Random"/>
    public Random Dice => Random;

    /// <summary>A command.</summary>
    public static Func<ConformanceProcess, ValueTask<object?>> Do(Func<ConformanceProcess, ValueTask<object?>> command) => command;

    /// <summary>A command that persists texts in one batch and replies with the version it was at.</summary>
    public static Func<ConformanceProcess, ValueTask<object?>> Note(params string[] texts) => p =>
    {
        foreach (var text in texts)
            _ = p.Keep(text);
        return new ValueTask<object?>(p.At);
    };

    /// <summary>Persists a text.</summary>
    public Task Keep(string text) => Persist(new ConformanceEvent(text));

    /// <summary>Persists texts, all or none. A null makes an event that cannot be stored.</summary>
    public Task KeepAll(params string?[] texts) => PersistAll(texts.Select(t => t is null ? null! : new ConformanceEvent(t)));

    /// <inheritdoc cref="Process.Send"/>
    public void Tell(ProcessId to, object message) => Send(to, message);

    /// <inheritdoc cref="Process.SaveSnapshot"/>
    public Task Save() => SaveSnapshot();

    /// <inheritdoc cref="Process.NewGuid"/>
    public Guid Id128() => NewGuid();

    /// <inheritdoc cref="Process.SetTimer"/>
    public void Alarm(string name, TimeSpan due, object message, TimeSpan period = default) => SetTimer(name, due, message, period);

    /// <inheritdoc cref="Process.CancelTimer"/>
    public void CancelAlarm(string name) => CancelTimer(name);

    /// <inheritdoc/>
    protected override async ValueTask<object?> HandleAsync(object command)
    {
        switch (command)
        {
            case Func<ConformanceProcess, ValueTask<object?>> function:
                return await function(this);
            case ConformanceNote note:
                await Keep(note.Text);
                return null;
            default:
                throw new ArgumentException($"It does not know the command {command}.", nameof(command));
        }
    }

    /// <inheritdoc/>
    protected override ConformanceLog Apply(ConformanceLog state, ConformanceEvent @event)
    {
        if (@event.Text.StartsWith("poison", StringComparison.Ordinal))
            throw new InvalidOperationException($"'{@event.Text}' does not agree with it.");
        state.Texts.Add(@event.Text);
        return state;
    }

    /// <inheritdoc/>
    protected override ConformanceLog Recover(ConformanceLog state, ConformanceEvent @event)
    {
        state.Replayed++;
        return Apply(state, @event);
    }

    /// <inheritdoc/>
    protected override ConformanceLog RecoverSnapshot(ConformanceLog snapshot, long version)
    {
        snapshot.Snapshot = version;
        return snapshot;
    }

    /// <inheritdoc/>
    protected override void OnRecovered() => Recoveries++;

    /// <inheritdoc/>
    protected override void OnEvent(ConformanceEvent @event, long version) => happened?.Invoke(this, @event, version);
}
