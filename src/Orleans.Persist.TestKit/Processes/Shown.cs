using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orleans.Persist.TestKit.Processes;

/// <summary>Values in the messages of failed tests: the type's name and its JSON, cut off where it is long.</summary>
internal static class Shown
{
    private const int Longest = 2_000;
    private static readonly JsonSerializerOptions Json = new()
    {
        IncludeFields = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
    };

    public static string Of(object? value) => value switch
    {
        null => "null",
        string text => Cut($"\"{text}\""),
        SentMessage sent => $"to {sent.To}: {Of(sent.Message)}",
        _ when value.GetType().IsPrimitive => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        _ => Cut($"{value.GetType().Name} {Text(value)}"),
    };

    public static string Of(Exception error) => $"{error.GetType().Name}: {error.Message}";

    /// <summary>Two lists beside each other: what is the same once, what differs with a minus (expected) and a plus (came).</summary>
    public static string Difference<T>(IReadOnlyList<T> expected, IReadOnlyList<T> came, Func<T, T, bool> same)
    {
        var text = new StringBuilder();
        for (var i = 0; i < Math.Max(expected.Count, came.Count); i++)
        {
            if (i < expected.Count && i < came.Count && same(expected[i], came[i]))
            {
                text.Append(CultureInfo.InvariantCulture, $"\n    {i + 1}. {Of(came[i])}");
                continue;
            }

            if (i < expected.Count)
                text.Append(CultureInfo.InvariantCulture, $"\n  - {i + 1}. {Of(expected[i])}");
            if (i < came.Count)
                text.Append(CultureInfo.InvariantCulture, $"\n  + {i + 1}. {Of(came[i])}");
        }

        return text.ToString();
    }

    private static string Text(object value)
    {
        try
        {
            return JsonSerializer.Serialize(value, value.GetType(), Json);
        }
        catch (Exception)
        {
            return value.ToString() ?? "";
        }
    }

    private static string Cut(string text) => text.Length <= Longest ? text : $"{text[..Longest]}… ({text.Length} characters)";
}
