using System.Globalization;

namespace Orleans.Persist.SiloHost.Ingest;

/// <summary>An input cannot be read on. The message names the file, the line and, where it is known, the column (a byte or character of the line, from 1).</summary>
internal sealed class InputException(string file, long line, long column, string what, Exception? inner = null)
    : Exception(Describe(file, line, column, what), inner)
{
    /// <summary>The line, from 1; 0 where the input as a whole is meant.</summary>
    public long Line { get; } = line;

    /// <summary>The column, from 1; 0 where it is not known.</summary>
    public long Column { get; } = column;

    private static string Describe(string file, long line, long column, string what)
    {
        var place = string.Create(CultureInfo.InvariantCulture, $"{file}{(line > 0 ? $", line {line}" : "")}{(line > 0 && column > 0 ? $", column {column}" : "")}");
        return $"{place}: {what}";
    }
}
