using System.Globalization;

namespace Orleans.Persist.Web.CloudEvents;

/// <summary>Times as text: ISO 8601 / RFC 3339 with the year first. Without an offset they are taken as UTC.</summary>
internal static class TimeText
{
    /// <summary>What to tell a user whose time was not understood.</summary>
    public const string Expected = "expected is a date as 2026-01-31 or a time as 2026-01-31T12:30:00.5+02:00 (UTC where it has no offset)";

    /// <summary>The longest that <see cref="Format(DateTimeOffset)"/> writes.</summary>
    public const int MaxLength = 28;

    private const string Pattern = "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'";

    /// <summary>Reads a time. Forms that depend on a country's habits (3/4/2026) are not guessed at.</summary>
    public static bool TryParse(string? text, out DateTimeOffset time)
    {
        time = default;
        return text is { Length: >= 10 }
            && char.IsAsciiDigit(text[0]) && char.IsAsciiDigit(text[3]) && text[4] == '-' && text[7] == '-'
            && (text.Length == 10 || text[10] is 'T' or 't' or ' ')
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);
    }

    /// <summary>A time as RFC 3339 in UTC, to the 100 ns the journal keeps, without trailing zeros.</summary>
    public static string Format(DateTimeOffset time) => time.UtcDateTime.ToString(Pattern, CultureInfo.InvariantCulture);

    /// <summary>The same as UTF-8, and how many bytes that took.</summary>
    /// <param name="time">The time.</param>
    /// <param name="utf8">At least <see cref="MaxLength"/> bytes.</param>
    public static int Format(DateTimeOffset time, Span<byte> utf8)
    {
        // The round-trip format is several times as quick as a pattern, but has the trailing zeros.
        time.UtcDateTime.TryFormat(utf8, out var length, "O", CultureInfo.InvariantCulture);
        var end = length - 1;
        while (utf8[end - 1] == '0')
            end--;
        if (utf8[end - 1] == '.')
            end--;
        utf8[end] = (byte)'Z';
        return end + 1;
    }
}
