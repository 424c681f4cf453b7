using System.Text;
using Orleans.Persist.SiloHost.Ingest;

namespace Orleans.Persist.SiloHost.Tests;

public class XesEventReaderTests : ReaderTestBase
{
    private const string Head = """
        <?xml version="1.0" encoding="UTF-8" ?>
        <log xes.version="1.0" xmlns="http://www.xes-standard.org/">
        <global scope="event"><string key="concept:name" value="UNKNOWN"/></global>
        <trace>
        <string key="concept:name" value="173688"/><string key="AMOUNT_REQ" value="20000"/>
        <event><string key="org:resource" value="112"/><string key="lifecycle:transition" value="COMPLETE"/><string key="concept:name" value="A"/><date key="time:timestamp" value="2011-10-01T00:38:44.546+02:00"/></event>

        """;

    [Fact]
    public async Task Read_gives_name_of_trace_as_subject_and_the_rest_typed_in_the_payload()
    {
        var (events, error) = await ReadAsync(
            Head + """
            <event><int key="n" value="-5"/><float key="f" value="1.5"/><boolean key="b" value="true"/><string key="concept:name" value="B"/>
              <list key="l"><values><string key="k" value="v"/><int key="k" value="2"/></values></list>
              <string key="s" value="v"><string key="inner" value="w"/></string></event>
            </trace><trace/></log>
            """, "f.xes");

        Assert.Null(error);
        Assert.Equal([6L, 7L], events.Select(e => e.Line));
        Assert.Equal(("173688", "A"), (events[0].Event.Subject, events[0].Event.Type));
        Assert.Equal(new DateTimeOffset(2011, 9, 30, 22, 38, 44, 546, TimeSpan.Zero), events[0].Event.Time);
        Assert.Equal("""{"org:resource":"112","lifecycle:transition":"COMPLETE","case":{"AMOUNT_REQ":"20000"}}""", Text(events[0]));
        Assert.Equal("""{"n":-5,"f":1.5,"b":true,"l":[{"k":"v"},{"k":2}],"s":{"value":"v","attributes":{"inner":"w"}}}""", Text(events[1]));
        Assert.Null(events[1].Event.Time);
    }

    [Fact]
    public async Task Read_with_other_keys_takes_those()
    {
        var (events, error) = await ReadAsync(Head + "</trace></log>", "f.xes", new ColumnMap(Id: "org:resource", Subject: "AMOUNT_REQ", Type: "lifecycle:transition"));

        Assert.Null(error);
        var data = Assert.Single(events).Event;
        Assert.Equal(("112", "20000", "COMPLETE"), (data.Id, data.Subject, data.Type));
    }

    [Theory]
    [InlineData("<event></trace>", 7, "does not match")]
    [InlineData("<event><int key=\"n\" value=\"x\"/></event></trace></log>", 7, "which is no int")]
    [InlineData("<event><string value=\"x\"/></event></trace></log>", 7, "has no key")]
    [InlineData("<event><string key=\"x\" value=\"y\"/></event></trace></log>", 7, "no attribute 'concept:name' for its type. Name another with --type; it has: x.")]
    [InlineData("<event><string key=\"concept:name\" value=\"y\"/><date key=\"time:timestamp\" value=\"noon\"/></event></trace></log>", 7, "has the time 'noon'")]
    [InlineData("</trace>", 7, "Unexpected end of file")]
    public async Task Read_bad_input_names_file_and_line_and_keeps_what_came_before(string rest, long line, string expected)
    {
        var (events, error) = await ReadAsync(Head + rest, "f.xes");

        Assert.Single(events);
        Assert.Equal(line, error!.Line);
        Assert.StartsWith($"f.xes, line {line}", error.Message);
        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public async Task Read_a_document_with_a_DTD_is_refused()
    {
        var (events, error) = await ReadAsync("<!DOCTYPE log [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>\n<log><trace><event>&a;</event></trace></log>", "f.xes");

        Assert.Empty(events);
        Assert.Contains("DTD", error!.Message);
    }

    [Fact]
    public async Task Read_another_document_is_refused()
    {
        var (_, error) = await ReadAsync("<html></html>", "f.xes");

        Assert.Contains("no XES", error!.Message);
    }

    [Fact]
    public async Task Read_an_attribute_of_100_MB_is_refused()
    {
        var bytes = Encoding.UTF8.GetBytes(Head + "<event><string key=\"x\" value=\"" + new string('x', 100_000_000));

        var (events, error) = await ReadAsync(bytes, "f.xes");

        Assert.Single(events);
        Assert.Contains("longer than 16 MB", error!.Message);
    }

    [Fact]
    public async Task Read_invalid_utf8_is_an_error_with_its_line()
    {
        byte[] bytes = [.. Encoding.UTF8.GetBytes(Head + "<event><string key=\"x\" value=\""), 0xFF, 0xFE, .. "\"/></event></trace></log>"u8];

        var (_, error) = await ReadAsync(bytes, "f.xes");

        Assert.StartsWith("f.xes, line", error!.Message);
    }

    [Fact]
    public async Task Read_a_truncated_gzip_is_an_error_that_keeps_what_came_before()
    {
        var random = new Random(1);
        var text = Head + string.Concat(Enumerable.Range(0, 5_000).Select(_ => $"<event><string key=\"concept:name\" value=\"{random.NextInt64():x}\"/></event>\n"));
        var whole = Gzip(Encoding.UTF8.GetBytes(text + "</trace></log>"));

        var (events, error) = await ReadAsync(whole[..(whole.Length / 2)], "f.xes.gz");

        Assert.InRange(events.Count, 1_000, 4_000);
        Assert.InRange(error!.Line, events.Count, events.Count + 10);
    }

    [Fact]
    public async Task Read_the_loan_applications_gives_every_event()
    {
        if (RepositoryFiles.SharedData("loan-applications-bpic2012.xes.gz") is not { } file)
            return;
        await using var input = await InputSource.OpenAsync(file);
        var ids = new HashSet<string>();
        var subjects = new HashSet<string?>();
        var (inversions, last) = (0, default(DateTimeOffset?));

        await foreach (var (data, _) in EventReaders.Create(input, null, ColumnMap.Default).ReadAsync())
        {
            Assert.True(ids.Add(data.Id!));
            subjects.Add(data.Subject);
            inversions += data.Time < last ? 1 : 0;
            last = data.Time;
        }

        Assert.Equal((262_200, 13_087, 9_614), (ids.Count, subjects.Count, inversions));
    }
}
