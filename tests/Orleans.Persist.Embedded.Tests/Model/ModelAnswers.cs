using Orleans.Persist.Journal;
using Orleans.Persist.Snapshots;

namespace Orleans.Persist.Embedded.Tests.Model;

/// <summary>Answers as text, so that two of them compare and a difference reads well. Positions are left out: only their order is promised.</summary>
internal static class ModelAnswers
{
    public static async Task<(string Text, Exception? Error)> OfAsync(Func<ValueTask<string>> call)
    {
        try
        {
            return (await call().AsTask().WaitAsync(TimeSpan.FromSeconds(30)), null);
        }
        catch (Exception e) when (e is not TimeoutException)
        {
            return (e is JournalException ? $"{e.GetType().Name}: {e.Message}" : e.GetType().Name, e);
        }
    }

    public static string Of(AppendResult result) => $"{result with { LastPosition = 0 }}";

    public static string Of(RecordedEvent @event) =>
        $"{@event} {@event.Recorded.Ticks} {@event.Body.Length} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(@event.Body.Span))}";

    public static async ValueTask<string> OfAsync(IAsyncEnumerable<RecordedEvent> events)
    {
        var lines = new List<string>();
        await foreach (var @event in events)
            lines.Add(Of(@event));
        return string.Join('\n', lines);
    }

    /// <summary>The newest snapshots, as many as are kept: one more may be there where a crash came before the oldest was removed.</summary>
    public static async ValueTask<string> OfAsync(ISnapshotStore snapshots, string owner)
    {
        var lines = new List<string>();
        await foreach (var read in snapshots.ReadAsync(owner))
            lines.Add($"{read.Number} {read.Snapshot! with { Data = default }} {Convert.ToHexString(read.Snapshot.Data.Span)}");
        return string.Join('\n', lines.Take(snapshots.Keep));
    }

    /// <summary>What exists in the whole journal, in the order of positions.</summary>
    public static async ValueTask<string> OrderAsync(IPositionedJournal journal, IPositionedJournal oracle, long from)
    {
        var existing = new HashSet<string>();
        await foreach (var @event in oracle.ReadAllAsync())
            existing.Add(Of(@event));
        var (lines, last) = (new List<string>(), 0L);
        await foreach (var @event in journal.ReadAllAsync(from))
        {
            Assert.InRange(@event.Position, last + 1, long.MaxValue);
            last = @event.Position;
            if (existing.Contains(Of(@event))) // those removed may be missing
                lines.Add(Of(@event));
        }

        return string.Join('\n', lines);
    }
}
