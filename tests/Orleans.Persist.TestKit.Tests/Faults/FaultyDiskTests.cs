using Orleans.Persist.TestKit.Faults;

namespace Orleans.Persist.TestKit.Tests.Faults;

public sealed class FaultyDiskTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void Files_read_back_what_was_written_across_pages_and_holes()
    {
        var directory = Open();
        using var file = directory.OpenWrite("f");
        var random = new Random(1);
        var model = new byte[40_000];
        var length = 0;
        for (var i = 0; i < 500; i++)
        {
            var bytes = new byte[random.Next(1, 9000)];
            random.NextBytes(bytes);
            var offset = random.Next(model.Length - bytes.Length);
            file.Write(offset, bytes);
            bytes.CopyTo(model, offset);
            length = Math.Max(length, offset + bytes.Length);
            if (i % 50 == 49)
            {
                var cut = random.Next(length);
                file.SetLength(cut);
                Array.Clear(model, cut, model.Length - cut);
                length = cut;
            }

            if (i % 7 == 0)
                file.Flush();
            Assert.Equal(length, file.Length);
            Assert.True(directory.Content("f").AsSpan().SequenceEqual(model.AsSpan(0, length)));
        }

        file.Flush();
        Assert.Equal(directory.Content("f"), directory.DurableContent("f"));
        var buffer = new byte[100];
        Assert.Equal(Math.Min(100, 10), file.Read(length - 10, buffer));
        Assert.Equal(0, file.Read(length + 10, buffer));
    }

    [Fact]
    public void A_short_write_leaves_a_part_and_fails()
    {
        var directory = Open();
        using var file = directory.OpenWrite("f");
        directory.Disk.Fail(StorageOperation.Write, skip: 1, keep: 3);
        file.Write(0, "first"u8);
        Assert.Throws<IOException>(() => file.Write(5, "second"u8));
        Assert.Equal("firstsec"u8.ToArray(), directory.Content("f"));
        file.Write(5, "second"u8);
        Assert.Equal("firstsecond"u8.ToArray(), directory.Content("f"));
    }

    [Fact]
    public void The_nth_flush_fails_and_what_it_lost_does_not_come_back()
    {
        var losses = 0;
        for (var seed = 0; seed < 20; seed++)
        {
            var directory = Open(new FaultyDisk(seed));
            using var file = directory.OpenWrite("f");
            file.Flush();
            directory.Disk.Fail(StorageOperation.Flush, skip: 1, times: 2);
            file.Write(0, new byte[] { 1 });
            file.Flush();
            var bytes = new byte[4096];
            Array.Fill(bytes, (byte)2);
            file.Write(512, bytes);
            Assert.Throws<IOException>(() => file.Flush());
            Assert.Throws<IOException>(() => file.Flush());
            file.Flush(); // succeeds, and yet
            Assert.Equal(1, directory.DurableContent("f")[0]);
            Assert.All(directory.Content("f")[512..], b => Assert.Equal(2, b));
            losses += directory.DurableContent("f")[512..].Chunk(512).Count(s => s[0] != 2);
            directory.Flush();
            Assert.Equal(directory.DurableContent("f"), directory.PowerLoss(seed).Content("f"));
        }

        Assert.InRange(losses, 1, (20 * 8) - 1);
    }

    [Theory]
    [InlineData(StorageOperation.Read)]
    [InlineData(StorageOperation.SetLength)]
    [InlineData(StorageOperation.OpenFile)]
    [InlineData(StorageOperation.CreateFile)]
    [InlineData(StorageOperation.DeleteFile)]
    [InlineData(StorageOperation.RenameFile)]
    [InlineData(StorageOperation.ListDirectory)]
    [InlineData(StorageOperation.FlushDirectory)]
    public void Any_operation_can_be_made_to_fail_once(StorageOperation operation)
    {
        var directory = Open();
        using var file = directory.OpenWrite("f");
        directory.Disk.Fail(operation);
        Action act = operation switch
        {
            StorageOperation.Read => () => file.Read(0, new byte[1]),
            StorageOperation.SetLength => () => file.SetLength(5),
            StorageOperation.OpenFile => () => directory.OpenRead("f").Dispose(),
            StorageOperation.CreateFile => () => directory.OpenWrite("g").Dispose(),
            StorageOperation.DeleteFile => () => directory.Delete("f"),
            StorageOperation.RenameFile => () => directory.Rename("f", "g"),
            StorageOperation.ListDirectory => () => directory.List(),
            _ => () => directory.Flush(),
        };
        Assert.Throws<IOException>(act);
        Assert.Equal(["f"], directory.List());
        act();
    }

    [Fact]
    public void A_full_disk_takes_what_fits_and_more_once_there_is_room()
    {
        var directory = Open();
        using var other = directory.OpenWrite("other");
        other.Write(0, new byte[8192]);
        using var file = directory.OpenWrite("f");
        directory.Disk.Capacity = 16384;
        file.Write(0, new byte[4096]);
        file.Write(10, new byte[100]); // overwriting takes no room
        var error = Assert.Throws<IOException>(() => file.Write(4096, new byte[10_000]));
        Assert.Contains("No space left on device", error.Message, StringComparison.Ordinal);
        Assert.Equal((8192, 16384), (file.Length, directory.Disk.Used));
        Assert.Throws<IOException>(() => file.Write(8192, new byte[1]));
        directory.Delete("other");
        file.Write(8192, new byte[8192]);
        Assert.Equal(16384, file.Length);
    }

    [Fact]
    public async Task A_slow_disk_waits_for_the_test()
    {
        var directory = Open();
        using var file = directory.OpenWrite("f");
        file.Write(0, "abc"u8);
        using var gate = directory.Disk.Hold(StorageOperation.Flush);
        var flush = Task.Run(() => file.Flush());
        await gate.Arrived.WaitAsync(Patience);
        Assert.False(flush.IsCompleted);
        file.Write(3, "def"u8); // the rest of the disk goes on
        Assert.Empty(directory.DurableContent("f"));
        gate.Release();
        await flush.WaitAsync(Patience);
        Assert.Equal("abcdef"u8.ToArray(), directory.DurableContent("f"));
    }

    [Fact]
    public void A_flipped_bit_is_seen_by_readers_and_survives()
    {
        var directory = Open();
        using var file = directory.OpenWrite("f");
        file.Write(0, new byte[1000]);
        file.Flush();
        directory.Flush();
        directory.FlipBit("f", 500, bit: 3);
        var (name, offset) = directory.FlipRandomBit(seed: 4, n => n == "f");
        Assert.Equal("f", name);
        var buffer = new byte[1000];
        file.Read(0, buffer);
        Assert.Equal(8, buffer[500] & (offset == 500 ? 8 : 0xFF));
        Assert.Equal(offset == 500 ? 1 : 2, buffer.Count(b => b != 0));
        Assert.Equal(buffer, directory.PowerLoss(1).Content("f"));
    }

    [Fact]
    public void A_torn_tail_is_gone_for_good()
    {
        var directory = Open();
        using var file = directory.OpenWrite("f");
        file.Write(0, new byte[1000]);
        directory.Flush();
        directory.Tear("f", 300);
        Assert.Equal(700, directory.Content("f").Length);
        Assert.Equal(700, directory.PowerLoss(3).Content("f").Length);
    }

    [Fact]
    public void A_lock_is_held_once_and_given_back()
    {
        var directory = Open();
        using (directory.Lock("lock"))
        {
            Assert.Throws<IOException>(() => directory.Lock("lock"));
            directory.Open("below").Lock("lock").Dispose();
        }

        directory.Lock("lock").Dispose();
    }

    [Fact]
    public void It_behaves_as_a_directory_does()
    {
        var directory = new FaultyDirectory().Open("storage");
        Assert.Empty(directory.List());
        Assert.ThrowsAny<IOException>(() => directory.OpenWrite("f"));
        directory.Create();
        directory.Create();
        Assert.Throws<FileNotFoundException>(() => directory.OpenRead("f"));
        directory.OpenWrite("f").Dispose();
        using var reader = directory.OpenRead("f");
        Assert.Throws<IOException>(() => reader.Write(0, "x"u8));
        directory.Delete("f");
        directory.Delete("f");
        Assert.Equal(0, reader.Length); // an open file outlives its name
        var below = directory.Open("below");
        below.Create();
        below.OpenWrite("g").Dispose();
        Assert.Empty(directory.List());
        Assert.Equal(["g"], directory.Open("below").List());
    }

    [Fact]
    public void Operations_are_counted_and_faults_can_be_taken_back()
    {
        var directory = Open();
        using var file = directory.OpenWrite("f");
        var before = directory.Disk.Changes;
        file.Write(0, "x"u8);
        file.Read(0, new byte[1]);
        file.Flush();
        Assert.Equal(2, directory.Disk.Changes - before);
        Assert.Equal(1, directory.Disk.Count(StorageOperation.Read));
        directory.Disk.Fail(StorageOperation.Write, times: 1000);
        Assert.Throws<IOException>(() => file.Write(0, "x"u8));
        directory.Disk.Heal();
        file.Write(0, "x"u8);
    }

    private static FaultyDirectory Open(FaultyDisk? disk = null)
    {
        var directory = new FaultyDirectory(disk ?? new FaultyDisk());
        directory.Create();
        return directory;
    }
}
