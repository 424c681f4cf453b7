namespace Orleans.Persist.Web.CloudEvents;

/// <summary>A batch has more events than are taken at once.</summary>
internal sealed class BatchTooLargeException(int limit) : Exception($"The batch has more than {limit:N0} events, the most that are taken at once. Split it.");
