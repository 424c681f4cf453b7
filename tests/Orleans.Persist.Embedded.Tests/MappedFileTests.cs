using FsCheck;
using FsCheck.Fluent;
using Orleans.Persist.Embedded.Files;

namespace Orleans.Persist.Embedded.Tests;

/// <summary>A complete file gives the same bytes through memory mapped to it.</summary>
public sealed class MappedFileTests : IDisposable
{
    private const int Length = 100_000;
    private readonly string _path = Directory.CreateTempSubdirectory("orleans-persist-").FullName;
    private readonly byte[] _content = new byte[Length];
    private readonly IStorageFile _file;

    public MappedFileTests()
    {
        new System.Random(1).NextBytes(_content);
        File.WriteAllBytes(Path.Combine(_path, "file"), _content);
        _file = new DiskDirectory(_path).OpenRead("file");
        _file.Map();
        _file.Map(); // a second time does nothing
    }

    [Fact]
    public void A_read_gives_what_the_file_holds_and_less_only_at_its_end() =>
        Prop.ForAll(
            Gen.Choose(0, Length + 10).Zip(Gen.OneOf(Gen.Choose(0, 5_000), Gen.Choose(30_000, 2 * Length))).ToArbitrary(),
            read =>
            {
                var (offset, length) = read;
                var buffer = new byte[length];
                var expected = _content.AsSpan(Math.Min(offset, Length)..Math.Min(offset + length, Length));
                Assert.Equal(expected.Length, _file.Read(offset, buffer));
                Assert.True(expected.SequenceEqual(buffer.AsSpan(0, expected.Length)));
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000).WithQuietOnSuccess(true));

    [Fact]
    public void A_closed_file_is_not_read()
    {
        _file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => _file.Read(0, new byte[16]));
    }

    [Fact]
    public void A_file_can_be_removed_while_it_is_mapped_and_still_be_read()
    {
        File.Delete(Path.Combine(_path, "file"));
        var buffer = new byte[16];
        Assert.Equal(16, _file.Read(500, buffer));
        Assert.Equal(_content[500..516], buffer);
    }

    [Fact]
    public void An_empty_file_has_nothing_to_map()
    {
        File.WriteAllBytes(Path.Combine(_path, "empty"), []);
        using var file = new DiskDirectory(_path).OpenRead("empty");
        file.Map();
        Assert.Equal(0, file.Read(0, new byte[16]));
    }

    public void Dispose()
    {
        _file.Dispose();
        Directory.Delete(_path, recursive: true);
    }
}
