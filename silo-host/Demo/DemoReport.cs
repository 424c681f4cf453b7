namespace Orleans.Persist.SiloHost.Demo;

/// <summary>What came out of a demo.</summary>
internal sealed record DemoReport
{
    /// <summary>The input's kind: <c>git</c>, <c>generated</c> or <c>file</c>.</summary>
    public required string Input { get; init; }

    /// <summary>Events in the input.</summary>
    public required long Events { get; init; }

    /// <summary>How many silos hosted the source and sinks before the kill; 0 where they ran in one process that another one took over from.</summary>
    public int Silos { get; init; }

    /// <summary>Whether the first child, or the silo where the source lived, was killed by SIGKILL.</summary>
    public bool Killed { get; init; }

    /// <summary>Whether an export was running then: who took over found it begun and not ended.</summary>
    public bool KilledInExport { get; init; }

    /// <summary>Events that were durable when the second child took over; on a cluster, those that the publisher had an answer for at the kill.</summary>
    public long KilledAt { get; init; }

    /// <summary>Events that were durable when every sink had what was there; on a cluster more than at the kill, since the publisher got its answer meanwhile.</summary>
    public long RebuiltAt { get; init; }

    /// <summary>On a cluster, from the kill until the publisher had the answer to the call that the kill fell into, in milliseconds.</summary>
    public double? AnsweredMilliseconds { get; init; }

    /// <summary>Events of the input that are not in the stream.</summary>
    public long Lost { get; init; }

    /// <summary>Events in the stream beyond those of the input.</summary>
    public long Duplicated { get; init; }

    /// <summary>From opening the directory after the kill (on a cluster: from the kill) until every sink had what was there, in milliseconds.</summary>
    public double RebuildMilliseconds { get; init; }

    /// <summary>The sinks, by name.</summary>
    public IReadOnlyList<DemoSink> Sinks { get; init; } = [];

    /// <summary>Whether everything is as it must be.</summary>
    public bool Ok => Problems.Count == 0;

    /// <summary>What is not as it must be.</summary>
    public IReadOnlyList<string> Problems =>
    [
        .. If(!Killed, Silos > 0 ? "the silo of the source was not killed" : "the first child was not killed"),
        .. If(!KilledInExport, "no export was running when it was killed"),
        .. If(Silos > 0 && Sinks.All(sink => sink.Stayed), "no sink lived on the silo that was killed"),
        .. If(KilledAt <= Events / 2, "it was killed before half of the input"),
        .. If(KilledAt >= Events, "it was killed after all of the input"),
        .. If(Lost > 0, $"{Lost:N0} events are lost"),
        .. If(Duplicated > 0, $"{Duplicated:N0} events are there too often"),
        .. If(Sinks.Count != DemoSource.Sinks, $"there are {Sinks.Count} sinks"),
        .. Sinks.SelectMany(sink => (string[])
        [
            .. If(sink.ExportsBeforeKill == 0, $"{sink.Name} had not exported before the kill"),
            .. If(!sink.Stayed && (sink.Imported + sink.Replayed < KilledAt || sink.Imported + sink.Replayed > RebuiltAt), $"{sink.Name} imported version {sink.Imported:N0} and got {sink.Replayed:N0} events replayed, which is not {KilledAt:N0}"),
            .. If(sink.Replayed >= Events - KilledAt, $"the replay to {sink.Name} is not shorter than the input after the kill"),
            .. If(!sink.StateIsRight, $"the state of {sink.Name} differs from the plain fold"),
        ]),
    ];

    private static string[] If(bool condition, string problem) => condition ? [problem] : [];
}
