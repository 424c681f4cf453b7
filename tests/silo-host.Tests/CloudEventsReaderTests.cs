using System.Text;
using Orleans.Persist.SiloHost.Ingest;

namespace Orleans.Persist.SiloHost.Tests;

public class CloudEventsReaderTests : ReaderTestBase
{
    private const string Good = """{"specversion":"1.0","id":"1","source":"s","type":"t"}""";

    [Fact]
    public async Task Read_takes_over_every_attribute()
    {
        var (events, error) = await ReadAsync(
            """{"specversion":"1.0","id":"1","source":"/s","type":"t","subject":"x","time":"2020-01-02T03:04:05.1234567+01:00","datacontenttype":"application/json","traceparent":"00-ab","partition":7,"flag":true,"gone":null,"tags":"a,b\\,c","schemaversion":3,"data":{"n": [1, 2]}}""" + "\n",
            "f.ndjson");

        Assert.Null(error);
        var data = Assert.Single(events).Event;
        Assert.Equal(("1", "/s", "t", "x", "application/json", 3), (data.Id, data.Source, data.Type, data.Subject, data.ContentType, data.SchemaVersion));
        Assert.Equal(new DateTimeOffset(2020, 1, 2, 2, 4, 5, TimeSpan.Zero).AddTicks(1_234_567), data.Time);
        Assert.Equal(["a", "b,c"], data.Tags);
        Assert.Equal([("flag", "true"), ("partition", "7"), ("traceparent", "00-ab")], data.Metadata.OrderBy(m => m.Key).Select(m => (m.Key, m.Value)));
        Assert.Equal("""{"n": [1, 2]}""", Text(events[0]));
    }

    [Fact]
    public async Task Read_data_base64_and_text_give_their_bytes()
    {
        var (events, error) = await ReadAsync(
            Good[..^1] + ""","data_base64":"AAH/"}""" + "\n\n" + Good[..^1] + ""","datacontenttype":"text/plain","data":"h\u00e9"}""" + "\n" + Good[..^1] + ""","data":"s"}""",
            "f.ndjson");

        Assert.Null(error);
        Assert.Equal<byte>([0, 1, 255], events[0].Event.Data.ToArray());
        Assert.Equal("hé", Text(events[1]));
        Assert.Equal("\"s\"", Text(events[2]));
        Assert.Equal([1L, 3L, 4L], events.Select(e => e.Line));
    }

    [Theory]
    [InlineData("not json", "line 2, column 2: not a CloudEvent in JSON")]
    [InlineData("""{"specversion":"1.0","id":"1",""", "line 2, column")]
    [InlineData("[]", "line 2: the line holds a JSON array")]
    [InlineData("17", "line 2: the line is no JSON object")]
    [InlineData("""{"id":"1","source":"s","type":"t"}""", "line 2: the attribute 'specversion' is missing")]
    [InlineData("""{"specversion":"0.3","id":"1","source":"s","type":"t"}""", "line 2: the attribute 'specversion' is '0.3'")]
    [InlineData("""{"specversion":"1.0","source":"s","type":"t"}""", "line 2: the attribute 'id' is missing")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"","type":"t"}""", "line 2: the attribute 'source' is empty")]
    [InlineData("""{"specversion":"1.0","id":"1","id":"2","source":"s","type":"t"}""", "line 2: the attribute 'id' is there twice")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"s","type":"t","x":{}}""", "line 2: the attribute 'x' is no string, number or boolean")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"s","type":"t","time":"soon"}""", "line 2: the attribute 'time' is 'soon'")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"s","type":"t","data_base64":"*"}""", "line 2: the attribute 'data_base64' is not Base64")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"s","type":"t","data":1,"data_base64":""}""", "line 2: there are both")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"\\ud800\",\"source\":\"s\",\"type\":\"t\"}", "line 2: not a CloudEvent in JSON")]
    [InlineData(Good + Good, "line 2, column")]
    public async Task Read_bad_input_names_file_and_line_and_keeps_what_came_before(string line, string expected)
    {
        var (events, error) = await ReadAsync(Good + "\n" + line + "\n" + Good, "f.ndjson");

        Assert.Single(events);
        Assert.StartsWith("f.ndjson, " + expected, error!.Message);
    }

    [Fact]
    public async Task Read_a_line_of_100_MB_is_refused_without_reading_it_into_memory()
    {
        var input = new EndlessLine(Encoding.UTF8.GetBytes(Good + "\n{\"specversion\":\""), 100_000_000);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var (events, error) = await ReadAsync(input, "f.ndjson");

        Assert.Single(events);
        Assert.Equal("f.ndjson, line 2: the line is longer than 16 MB, which no event may be.", error!.Message);
        Assert.True(input.Given < 40_000_000, $"{input.Given} bytes were read.");
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100_000_000);
    }

    [Fact]
    public async Task Read_a_line_of_15_MB_is_read()
    {
        var (events, error) = await ReadAsync(Good[..^1] + ",\"data\":\"" + new string('x', 15_000_000) + "\"}", "f.ndjson");

        Assert.Null(error);
        Assert.Equal(15_000_002, Assert.Single(events).Event.Data.Length);
    }

    [Fact]
    public async Task Read_invalid_utf8_names_line_and_column()
    {
        byte[] bytes = [.. Encoding.UTF8.GetBytes(Good), (byte)'\n', .. "{\""u8, 0xFF, .. "\":1}\n"u8];

        var (events, error) = await ReadAsync(bytes, "f.ndjson");

        Assert.Single(events);
        Assert.Equal((2L, 3L), (error!.Line, error.Column));
    }

    [Fact]
    public async Task Read_a_truncated_gzip_is_an_error_that_keeps_what_came_before()
    {
        var random = new Random(1);
        var lines = string.Concat(Enumerable.Range(0, 5_000).Select(i => Good[..^1] + $",\"data\":\"{random.NextInt64():x}\"}}\n"));
        var whole = Gzip(Encoding.UTF8.GetBytes(lines));

        var (events, error) = await ReadAsync(whole[..(whole.Length / 2)], "f.ndjson.gz");

        Assert.InRange(events.Count, 1_000, 4_000);
        Assert.Equal(events.Count + 1, error!.Line);
        Assert.Contains("the compressed data is damaged or cut off", error.Message);
    }

    [Fact]
    public async Task Open_a_gzip_of_which_only_the_header_is_there_is_an_error()
    {
        var (events, error) = await ReadAsync(Gzip(Encoding.UTF8.GetBytes(Good))[..12], "f.ndjson.gz");

        Assert.Empty(events);
        Assert.NotNull(error);
    }

    [Fact]
    public async Task Read_a_byte_order_mark_is_skipped()
    {
        var (events, error) = await ReadAsync("\uFEFF" + Good, "events");

        Assert.Null(error);
        Assert.Single(events);
    }

    [Fact]
    public async Task Create_with_columns_for_CloudEvents_is_wrong_use()
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(Good));
        await using var input = await InputSource.OpenAsync(stream, "f");

        Assert.Throws<UsageException>(() => EventReaders.Create(input, null, new ColumnMap(Type: "x")));
    }

    /// <summary>A beginning, and then one letter so many times.</summary>
    private sealed class EndlessLine(byte[] begin, long length) : Stream
    {
        public long Given { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => length;

        public override long Position { get => Given; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var span = buffer.AsSpan(offset, (int)Math.Min(count, length - Given));
            span.Fill((byte)'x');
            if (Given < begin.Length)
                begin.AsSpan((int)Given, Math.Min(span.Length, begin.Length - (int)Given)).CopyTo(span);
            Given += span.Length;
            return span.Length;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
