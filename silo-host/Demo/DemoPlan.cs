namespace Orleans.Persist.SiloHost.Demo;

/// <summary>When what happens in a demo, by the size of its input.</summary>
/// <param name="Events">How many events the input has.</param>
internal sealed record DemoPlan(long Events)
{
    /// <summary>With fewer events there is nothing to show.</summary>
    public const long MinEvents = 100;

    /// <summary>Exports are also made this often.</summary>
    public static readonly TimeSpan ExportInterval = TimeSpan.FromSeconds(1);

    /// <summary>The longest that any step may take.</summary>
    public static readonly TimeSpan StepTimeout = TimeSpan.FromMinutes(2);

    /// <summary>Exports are made every so many events.</summary>
    public long ExportEvery => Events / 10;

    /// <summary>Events in one append; few enough that there is something to be killed in.</summary>
    public int BatchEvents => (int)Math.Clamp(Events / 50, 1, 500);

    /// <summary>From here on, the next export is held open and the kill awaited.</summary>
    public long HoldFrom => (Events / 2) + 1;

    /// <summary>Each sink must have an export that covers this much before the kill, so that its replay is shorter than what comes after it.</summary>
    public long ExportedBeforeKill => Events * 2 / 5;

    /// <summary>Without the kill, the first child goes no further than this.</summary>
    public long PublishedBeforeKill => Events * 13 / 20;
}
