namespace Orleans.Persist.SiloHost.Sinks;

/// <summary>The last activity of every subject.</summary>
internal sealed class LastActivity
{
    /// <summary>The activities by subject.</summary>
    public Dictionary<string, Activity> Subjects { get; init; } = [];
}
