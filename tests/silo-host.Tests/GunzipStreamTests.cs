using Orleans.Persist.SiloHost.Ingest;

namespace Orleans.Persist.SiloHost.Tests;

public class GunzipStreamTests : ReaderTestBase
{
    private static readonly byte[] Content = [.. Enumerable.Range(0, 3_000).Select(i => (byte)(i * i % 251))];

    [Fact]
    public void Read_cut_off_at_any_byte_gives_a_prefix_and_then_an_error()
    {
        var whole = Gzip(Content);
        for (var length = 2; length < whole.Length; length++)
        {
            using var stream = new GunzipStream(new MemoryStream(whole[..length]));
            var read = new MemoryStream();
            Assert.Throws<InvalidDataException>(() => stream.CopyTo(read, 100));
            Assert.Equal(Content[..(int)read.Length], read.ToArray());
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(100_000)]
    public async Task Read_complete_members_one_after_another_gives_all(int bufferSize)
    {
        byte[] two = [.. Gzip(Content), .. Gzip(Content)];
        await using var stream = new GunzipStream(new MemoryStream(two));
        var read = new MemoryStream();

        await stream.CopyToAsync(read, bufferSize);

        Assert.Equal([.. Content, .. Content], read.ToArray());
    }

    [Fact]
    public void Read_bytes_after_the_last_member_are_ignored()
    {
        using var stream = new GunzipStream(new MemoryStream([.. Gzip(Content), .. new byte[512]]));
        var read = new MemoryStream();

        stream.CopyTo(read);

        Assert.Equal(Content, read.ToArray());
    }
}
