using System.Text;

namespace Orleans.Persist.Web.CloudEvents;

/// <summary>Tags as one text, since an extension attribute of a CloudEvent cannot be a list.</summary>
internal static class TagList
{
    /// <summary>Joins tags with commas.</summary>
    public static string Join(IReadOnlyList<string> tags) =>
        string.Join(',', tags.Select(tag => tag.Replace("\\", "\\\\").Replace(",", "\\,")));

    /// <summary>Splits what <see cref="Join"/> has joined. Spaces around a tag, and empty tags, fall away.</summary>
    public static IReadOnlyList<string> Split(string text)
    {
        var tags = new List<string>();
        var tag = new StringBuilder();
        for (var i = 0; i <= text.Length; i++)
        {
            if (i == text.Length || text[i] == ',')
            {
                if (tag.ToString().Trim() is { Length: > 0 } whole)
                    tags.Add(whole);
                tag.Clear();
            }
            else
            {
                if (text[i] == '\\' && i + 1 < text.Length)
                    i++;
                tag.Append(text[i]);
            }
        }

        return tags;
    }
}
