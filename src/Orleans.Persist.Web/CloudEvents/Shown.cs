namespace Orleans.Persist.Web.CloudEvents;

/// <summary>Values of an input as they can be shown in a message: short, and on one line.</summary>
internal static class Shown
{
    /// <summary>The value, cut after 40 characters and without control characters.</summary>
    public static string Of(string text)
    {
        var shown = text.Length <= 40 ? text : text[..40] + "…";
        return string.Concat(shown.Select(c => char.IsControl(c) ? ' ' : c));
    }
}
