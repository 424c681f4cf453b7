using System.Text;

namespace Orleans.Persist.Journal;

/// <summary>The rule for names of streams, sources, sinks and stores.</summary>
/// <remarks>Any characters but control characters (so <c>/</c>, <c>..</c> and spaces are fine: names are never paths), valid UTF-16, at most <see cref="MaxBytes"/> bytes of UTF-8.</remarks>
public static class StreamName
{
    /// <summary>The longest name in bytes of UTF-8; with it a name fits, escaped, into the key of any plug-in.</summary>
    public const int MaxBytes = 512;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Throws if <paramref name="name"/> breaks the rule.</summary>
    /// <param name="name">The name.</param>
    /// <param name="what">What it names, for the message.</param>
    /// <exception cref="ArgumentException">It does; the message says how.</exception>
    public static void Validate(string name, string what = "stream")
    {
        if (string.IsNullOrEmpty(name))
            throw new ArgumentException($"The name of a {what} must not be empty.");
        if (name.Length > MaxBytes)
            throw TooLong(what, name, name.Length);
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsControl(name[i]))
                throw new ArgumentException($"The name of a {what} has the control character U+{(int)name[i]:X4} at index {i}.");
        }

        int bytes;
        try
        {
            bytes = Strict.GetByteCount(name);
        }
        catch (EncoderFallbackException e)
        {
            throw new ArgumentException($"The name of a {what} has half of a surrogate pair at index {e.Index}.", e);
        }

        if (bytes > MaxBytes)
            throw TooLong(what, name, bytes);
    }

    private static ArgumentException TooLong(string what, string name, int length) =>
        new($"The name of a {what} may take {MaxBytes} bytes of UTF-8; '{name[..40]}…' takes {length}.");
}
