using System.Buffers.Text;
using System.Text.Json;

namespace Orleans.Persist.AzureStorage.Rows;

/// <summary>Values as the Table service writes them in JSON.</summary>
internal static class Values
{
    /// <summary>A number: of 32 bits as it is, of 64 bits as a text.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static long Int64(ref Utf8JsonReader value)
    {
        if (value.TokenType is JsonTokenType.Number && value.TryGetInt64(out var number))
            return number;
        return value.TokenType is JsonTokenType.String && Utf8Parser.TryParse(value.ValueSpan, out number, out var consumed) && consumed == value.ValueSpan.Length
            ? number
            : throw new FormatException("A property that should be a number is none.");
    }
}
