namespace Orleans.Persist.Processes;

/// <summary>A timer of a process: when its message is due, and how often.</summary>
/// <param name="Name">Its name within the process.</param>
/// <param name="Due">When it is due (UTC).</param>
/// <param name="Period">After what time again, or zero for once.</param>
/// <param name="Message">The message.</param>
public sealed record ProcessTimer(string Name, DateTimeOffset Due, TimeSpan Period, object Message);
