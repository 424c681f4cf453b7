using System.Text.RegularExpressions;

namespace Orleans.Persist.Docs.Tests;

/// <summary>What the documents list is what the code has.</summary>
public sealed partial class ReferenceTests
{
    public static TheoryData<string> Files => [.. Markdown.Files];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_link_to_a_file_leads_to_one(string file)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Markdown.Root, file))!;
        var dead = Markdown.Links(file).Where(link => !link.Contains("://", StringComparison.Ordinal) && link[0] != '#')
            .Where(link => !Path.Exists(Path.Combine(folder, link.Split('#')[0])));
        Assert.Empty(dead);
    }

    [Fact]
    public void Every_log_event_and_instrument_is_listed()
    {
        var code = Code("src/Orleans.Persist.Core/Diagnostics");
        var document = Markdown.Read("docs/telemetry.md");
        var names = LogEvent().Matches(code).Concat(Instrument().Matches(code)).Select(match => match.Groups["name"].Value).ToList();
        Assert.InRange(names.Count, 20, 1000);
        Assert.All(names, name => Assert.Contains(name, document, StringComparison.Ordinal));
    }

    [Fact]
    public void No_two_log_events_have_one_id()
    {
        var ids = LogEvent().Matches(Code("src/Orleans.Persist.Core/Diagnostics")).Select(match => match.Groups["name"].Value).ToList();
        Assert.Equal(ids.Distinct(), ids);
    }

    [Fact]
    public void Every_option_of_the_host_is_listed()
    {
        var document = Markdown.Read("docs/silo-host.md");
        var options = HostOption().Matches(Code("silo-host/Commands", except: ["DemoChildCommand.cs", "DemoSiloCommand.cs"])).Select(match => match.Groups["name"].Value).Distinct().ToList();
        Assert.InRange(options.Count, 15, 1000);
        Assert.All(options, option => Assert.Contains($"`{option}", document, StringComparison.Ordinal));
    }

    private static string Code(string folder, params string[] except) => string.Concat(
        Directory.EnumerateFiles(Path.Combine(Markdown.Root, folder), "*.cs").Where(file => !except.Contains(Path.GetFileName(file))).Select(File.ReadAllText));

    [GeneratedRegex(@"LoggerMessage\((?<name>\d+),", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex LogEvent();

    [GeneratedRegex(@"Create(Observable)?(UpDownCounter|Counter|Histogram|Gauge)(<\w+>)?\(\s*""(?<name>[a-z._]+)""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Instrument();

    [GeneratedRegex(@"(new|Column|Positive|Time|Option<[^(]*>)\(""(?<name>--[a-z]+)""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex HostOption();
}
