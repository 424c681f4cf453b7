using System.Globalization;
using Orleans.Persist.Processes;

namespace Orleans.Persist.TestKit.Conformance;

/// <summary>A message-journaled actor that keeps everything it saw and drew in its state.</summary>
/// <param name="differ">Called with each message; a handler that is not deterministic, where it draws. Null for one that is.</param>
[Journaled]
public sealed class ConformanceActor(Action<ConformanceActor, ConformanceMessage>? differ = null) : JournaledProcess<ConformanceLog, ConformanceMessage>
{
    /// <summary>The kind's name in the suites.</summary>
    public const string Kind = "actor";

    /// <inheritdoc cref="Process.Random"/>
    public Random Dice => Random;

    /// <inheritdoc/>
    protected override object? Handle(ConformanceMessage message)
    {
        State.Texts.Add(message.Text);
        if (IsReplaying)
            State.Replayed++;
        differ?.Invoke(this, message);
        if (message.Throw)
            throw new InvalidOperationException($"It was told to throw on '{message.Text}'.");
        for (var i = 0; i < message.Draws; i++)
            State.Texts.Add(Random.NextInt64().ToString(CultureInfo.InvariantCulture));
        if (message.Stamp)
            State.Texts.Add(string.Create(CultureInfo.InvariantCulture, $"{Now:O} {TimeProvider.GetUtcNow():O} {NewGuid()}"));
        if (message.Alarm > 0)
            SetTimer("alarm", TimeSpan.FromSeconds(message.Alarm), new ConformanceMessage(message.Text + "!") { Throw = message.Text == "throws" }, TimeSpan.FromSeconds(message.Period));
        if (message.Save)
            _ = SaveSnapshot();
        foreach (var to in message.Tell)
            Send(new ProcessId(Kind, to), new ConformanceMessage($"{Id.Key}: {message.Text}"));
        return State.Texts.Count;
    }

    /// <inheritdoc/>
    protected override ConformanceLog RecoverSnapshot(ConformanceLog snapshot, long version)
    {
        snapshot.Snapshot = version;
        return snapshot;
    }
}
