using System.Text;
using Orleans.Persist.Journal;

namespace Orleans.Persist.Embedded.Tests;

/// <summary>Short forms for tests that look at a log.</summary>
internal static class Logs
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static EventData Event(string data, string? id = null) => new() { Type = "noted", Data = Encoding.UTF8.GetBytes(data), Id = id };

    public static async Task<AppendResult> AddAsync(this IJournal journal, string stream, params string[] data) =>
        await journal.AppendAsync(stream, ExpectedVersion.Any, data.Select(text => Event(text)).ToArray()).AsTask().WaitAsync(Limit);

    public static async Task<List<string>> TextsAsync(this IJournal journal, string stream, ReadRequest? request = null)
    {
        var texts = new List<string>();
        using var limit = new CancellationTokenSource(Limit);
        await foreach (var @event in journal.ReadAsync(stream, request ?? ReadRequest.All, limit.Token))
            texts.Add(Encoding.UTF8.GetString(@event.Data.Span));
        return texts;
    }

    /// <summary>Text of so many bytes that begins with a number.</summary>
    public static string Text(int number, int length) => number.ToString("D6", System.Globalization.CultureInfo.InvariantCulture).PadRight(length, 'x');
}
