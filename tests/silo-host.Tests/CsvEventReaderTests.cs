using System.Text;
using Orleans.Persist.SiloHost.Ingest;

namespace Orleans.Persist.SiloHost.Tests;

public class CsvEventReaderTests : ReaderTestBase
{
    private static readonly ColumnMap Columns = new(Subject: "case", Type: "what", Time: "when");

    [Fact]
    public async Task Read_mapped_columns_become_attributes_and_the_others_a_payload_in_their_order()
    {
        var (events, error) = await ReadAsync("z,case,a,what,when\n1,c1,\"x, \"\"y\"\"\",Opened,2020-01-02 03:04:05.678+01:00\r\n2,,é,Closed,\n", "f.csv", Columns);

        Assert.Null(error);
        Assert.Equal(2, events.Count);
        Assert.Equal("""{"z":"1","a":"x, \"y\""}""", Text(events[0]));
        Assert.Equal(("c1", "Opened", 2L), (events[0].Event.Subject, events[0].Event.Type, events[0].Line));
        Assert.Equal(new DateTimeOffset(2020, 1, 2, 2, 4, 5, 678, TimeSpan.Zero), events[0].Event.Time);
        Assert.Equal("""{"z":"2","a":"é"}""", Text(events[1]));
        Assert.Null(events[1].Event.Subject);
        Assert.Null(events[1].Event.Time);
        Assert.Null(events[1].Event.Source);
    }

    [Fact]
    public async Task Read_a_quoted_field_over_several_lines_and_blank_lines_keep_the_line_numbers_right()
    {
        var (events, error) = await ReadAsync("type,text\nA,\"one\ntwo\"\n\nB,three\nC,bad,more\n", "f.csv");

        Assert.Equal([2L, 5L], events.Select(e => e.Line));
        Assert.Equal("""{"text":"one\ntwo"}""", Text(events[0]));
        Assert.Equal("f.csv, line 6: the record has 3 fields, the header has 2 columns.", error!.Message);
    }

    [Fact]
    public async Task Read_without_an_id_column_derives_ids_that_are_the_same_again_and_differ_for_equal_rows()
    {
        const string csv = "type,x\nA,1\nA,1\nA,2\n";

        var first = (await ReadAsync(csv, "f.csv")).Events.Select(e => e.Event.Id!).ToList();
        var again = (await ReadAsync(Gzip(Encoding.UTF8.GetBytes(csv + "B,3\n")), "other.csv.gz")).Events.Select(e => e.Event.Id!).ToList();

        Assert.Equal(3, first.Distinct().Count());
        Assert.Equal(first, again[..3]);
    }

    [Fact]
    public async Task Read_with_an_id_column_takes_it()
    {
        var (events, _) = await ReadAsync("no,type\n17,A\n", "f.csv", new ColumnMap(Id: "no"));

        Assert.Equal("17", Assert.Single(events).Event.Id);
    }

    [Theory]
    [InlineData("--subject", "there is no column 'nope' (--subject). The columns are: a, b.")]
    [InlineData("--type", "there is no column 'nope' (--type). The columns are: a, b.")]
    [InlineData("--time", "there is no column 'nope' (--time). The columns are: a, b.")]
    [InlineData("--id", "there is no column 'nope' (--id). The columns are: a, b.")]
    [InlineData("", "no column for the events' type: name one with --type. The columns are: a, b.")]
    public async Task Read_a_missing_column_is_named_with_those_that_exist(string option, string expected)
    {
        var map = option switch
        {
            "--subject" => new ColumnMap(Subject: "nope", Type: "a"),
            "--type" => new ColumnMap(Type: "nope"),
            "--time" => new ColumnMap(Time: "nope", Type: "a"),
            "--id" => new ColumnMap(Id: "nope", Type: "a"),
            _ => ColumnMap.Default,
        };

        var (_, error) = await ReadAsync("a,b\n1,2\n", "f.csv", map);

        Assert.Equal("f.csv, line 1: " + expected, error!.Message);
    }

    [Theory]
    [InlineData("03/04/2020")]
    [InlineData("yesterday")]
    [InlineData("2020-13-01")]
    public async Task Read_an_unparsable_time_names_file_and_line_and_keeps_what_came_before(string time)
    {
        var (events, error) = await ReadAsync($"type,time\nA,2020-01-01\nB,{time}\nC,2020-01-03\n", "f.csv");

        Assert.Equal("A", Assert.Single(events).Event.Type);
        Assert.Equal(3, error!.Line);
        Assert.Contains($"f.csv, line 3: the column 'time' has '{time}'", error.Message);
    }

    [Fact]
    public async Task Read_invalid_utf8_names_line_and_column_and_keeps_what_came_before()
    {
        byte[] csv = [.. "type,x\nA,1\nB,"u8, 0xC3, 0x28, .. "\n"u8];

        var (events, error) = await ReadAsync(csv, "f.csv");

        Assert.Single(events);
        Assert.Equal((3L, 3L), (error!.Line, error.Column));
    }

    [Fact]
    public async Task Read_an_empty_type_is_an_error()
    {
        var (events, error) = await ReadAsync("type,x\nA,1\n,2\n", "f.csv");

        Assert.Single(events);
        Assert.StartsWith("f.csv, line 3: the column 'type' is empty", error!.Message);
    }

    [Fact]
    public async Task Read_a_quote_that_is_never_closed_is_an_error()
    {
        var (events, error) = await ReadAsync("type,x\nA,1\nB,\"2\nC,3\n", "f.csv");

        Assert.Single(events);
        Assert.Equal(3, error!.Line);
    }

    [Fact]
    public async Task Read_a_quote_in_an_unquoted_field_is_an_error()
    {
        var (events, error) = await ReadAsync("type,x\nA,1\nB,2\"3\n", "f.csv");

        Assert.Single(events);
        Assert.Equal(3, error!.Line);
    }

    [Fact]
    public async Task Read_a_column_name_twice_is_an_error()
    {
        var (_, error) = await ReadAsync("type,x,x\nA,1,2\n", "f.csv");

        Assert.Contains("the column 'x' 2 times", error!.Message);
    }

    [Fact]
    public async Task Read_an_empty_file_has_no_events()
    {
        var (events, error) = await ReadAsync("", "f.csv");

        Assert.Empty(events);
        Assert.Null(error);
    }

    [Fact]
    public async Task Read_the_permits_gives_every_row_in_order()
    {
        if (RepositoryFiles.SharedData("permit-receipt.csv") is not { } file)
            return;

        var (events, error) = await ReadAsync(File.OpenRead(file), file, new ColumnMap(null, "case:concept:name", "concept:name", "time:timestamp"));

        Assert.Null(error);
        Assert.Equal(8_577, events.Count);
        Assert.Equal(Enumerable.Range(2, 8_577).Select(i => (long)i), events.Select(e => e.Line));
        Assert.Equal(855, events.Zip(events.Skip(1)).Count(pair => pair.Second.Event.Time < pair.First.Event.Time));
    }
}
