using System.Text.RegularExpressions;

namespace Orleans.Persist.Docs.Tests;

/// <summary>The documents of this repository, and what stands in them.</summary>
internal static partial class Markdown
{
    /// <summary>The repository's root.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every document, by its path from the root.</summary>
    public static IReadOnlyList<string> Files { get; } =
    [
        "README.md",
        "CHANGELOG.md",
        .. Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md").Select(file => $"docs/{Path.GetFileName(file)}").Order(StringComparer.Ordinal),
    ];

    /// <summary>The text of a file of the repository.</summary>
    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    /// <summary>The blocks of a document that are marked as C#: each is a whole program or a whole file of code.</summary>
    public static IEnumerable<string> Programs(string file) => Fence().Matches(Read(file)).Where(block => block.Groups["language"].Value == "csharp").Select(block => block.Groups["code"].Value);

    /// <summary>The languages with which a document's blocks are marked.</summary>
    public static IEnumerable<string> Languages(string file) => Fence().Matches(Read(file)).Select(block => block.Groups["language"].Value);

    /// <summary>The targets of a document's links.</summary>
    public static IEnumerable<string> Links(string file) => Link().Matches(Fence().Replace(Read(file), "")).Select(link => link.Groups["target"].Value);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Orleans.Persist.sln")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException($"There is no Orleans.Persist.sln above {AppContext.BaseDirectory}.");
    }

    [GeneratedRegex(@"^```(?<language>[^\n`]*)\n(?<code>.*?)^```\s*$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Fence();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Link();
}
