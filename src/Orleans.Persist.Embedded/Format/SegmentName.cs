using System.Globalization;

namespace Orleans.Persist.Embedded.Format;

/// <summary>The names of a segment's files: its number, its generation (raised by each compaction) and their kind (log, index, index of attributes).</summary>
internal readonly record struct SegmentName(long Number, int Generation)
{
    public string Log => string.Create(CultureInfo.InvariantCulture, $"{Number:D10}-{Generation:D4}.log");

    public string Index => string.Create(CultureInfo.InvariantCulture, $"{Number:D10}-{Generation:D4}.idx");

    public string Attributes => string.Create(CultureInfo.InvariantCulture, $"{Number:D10}-{Generation:D4}.att");

    /// <summary>The name of a log or index file, or null where <paramref name="file"/> is neither.</summary>
    public static SegmentName? Parse(string file)
    {
        if (file.Length < 17 || file[10] != '-' || file[^4..] is not (".log" or ".idx" or ".att"))
            return null;
        return long.TryParse(file.AsSpan(0, 10), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && int.TryParse(file.AsSpan(11, file.Length - 15), NumberStyles.None, CultureInfo.InvariantCulture, out var generation)
            ? new SegmentName(number, generation)
            : null;
    }
}
