using System.Globalization;

namespace Orleans.Persist.AzureStorage.Tables;

/// <summary>What became of a transaction: every operation's ETag, or the status and code of the one that failed.</summary>
/// <param name="Status">202 where it happened, else the failing operation's status.</param>
/// <param name="Code">The service's code for the failure.</param>
/// <param name="Etags">The ETag of each operation, where it gave one.</param>
internal sealed record BatchResponse(int Status, string? Code, IReadOnlyList<string?> Etags)
{
    public bool Happened => Status is 202;

    /// <summary>Whether a row was not as the transaction expected it.</summary>
    public bool Conflicted => Status is 409 or 412 or 404 && Code is not "TableNotFound" and not "TableBeingDeleted";

    /// <summary>Reads the parts of a multipart response.</summary>
    /// <exception cref="FormatException">It is no such response.</exception>
    public static BatchResponse Parse(string body)
    {
        var etags = new List<string?>();
        var at = 0;
        while ((at = body.IndexOf("HTTP/1.1 ", at, StringComparison.Ordinal)) >= 0)
        {
            at += "HTTP/1.1 ".Length;
            if (at + 3 > body.Length || !int.TryParse(body.AsSpan(at, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status))
                throw new FormatException("The response to a transaction has a part without a status.");
            var next = body.IndexOf("HTTP/1.1 ", at, StringComparison.Ordinal);
            var part = next < 0 ? body[at..] : body[at..next];
            if (status >= 400)
                return new BatchResponse(status, CodeOf(part), []);
            etags.Add(Header(part, "ETag:"));
        }

        return etags.Count > 0 ? new BatchResponse(202, null, etags) : throw new FormatException("The response to a transaction has no parts.");
    }

    private static string? Header(string part, string name)
    {
        var at = part.IndexOf(name, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
            return null;
        at += name.Length;
        var end = part.AsSpan(at).IndexOfAny('\r', '\n');
        return part.AsSpan(at, end < 0 ? part.Length - at : end).Trim().ToString();
    }

    private static string? CodeOf(string part)
    {
        const string Mark = "\"code\":\"";
        var at = part.IndexOf(Mark, StringComparison.Ordinal);
        if (at < 0)
            return null;
        at += Mark.Length;
        var end = part.IndexOf('"', at);
        return end < 0 ? null : part[at..end];
    }
}
