using System.Collections.Concurrent;

namespace Orleans.Persist.JournaledGrains;

/// <summary>How long to leave timers alone whose handler throws: each time costs the grain its activation, so that only the silo can know.</summary>
internal sealed class TimerRetries
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, (TimeSpan Wait, DateTimeOffset Until)> _failed = new(StringComparer.Ordinal);

    public DateTimeOffset NotBefore(string stream) => _failed.TryGetValue(stream, out var failed) ? failed.Until : DateTimeOffset.MinValue;

    /// <returns>How long its timers are left alone.</returns>
    public TimeSpan Failed(string stream, DateTimeOffset now) => _failed.AddOrUpdate(
        stream,
        static (_, now) => (First, now + First),
        static (_, before, now) =>
        {
            var wait = before.Wait * 2 < Longest ? before.Wait * 2 : Longest;
            return (wait, now + wait);
        },
        now).Wait;

    public void Succeeded(string stream) => _failed.TryRemove(stream, out _);
}
