using Orleans.Persist.TestKit.Faults;

namespace Orleans.Persist.TestKit.Tests.Faults;

public sealed class PowerLossTests
{
    private const int Seeds = 200;

    [Fact]
    public void What_was_flushed_survives_every_power_loss()
    {
        var directory = Open();
        using var file = directory.OpenWrite("f");
        file.Write(0, Fill(3000, 1));
        file.Flush();
        directory.Flush();
        file.Write(3000, Fill(5000, 2));
        for (var seed = 0; seed < Seeds; seed++)
        {
            var content = directory.PowerLoss(seed).Content("f");
            Assert.True(content.Length >= 3000);
            Assert.All(content[..3000], b => Assert.Equal(1, b));
        }
    }

    [Fact]
    public void An_unflushed_write_is_kept_lost_or_torn_at_sectors()
    {
        var directory = Open();
        using var file = directory.OpenWrite("f");
        file.Write(0, Fill(8192, 1));
        file.Flush();
        directory.Flush();
        file.Write(0, Fill(8192, 2));
        var patterns = Outcomes(directory, "f");
        Assert.Contains(new string('1', 16), patterns);
        Assert.Contains(new string('2', 16), patterns);
        Assert.Contains(patterns, p => p.Contains('1', StringComparison.Ordinal) && p.Contains('2', StringComparison.Ordinal));
        Assert.All(patterns, p => Assert.DoesNotContain('?', p)); // a sector is whole
    }

    [Fact]
    public void A_later_write_may_survive_an_earlier_one()
    {
        var directory = Open();
        using var file = directory.OpenWrite("f");
        file.SetLength(1024);
        file.Flush();
        directory.Flush();
        file.Write(0, Fill(512, 1));
        file.Write(512, Fill(512, 2));
        var patterns = Outcomes(directory, "f");
        Assert.Superset(new HashSet<string> { "00", "10", "12", "02" }, patterns);
    }

    [Fact]
    public void Within_a_sector_a_later_write_never_survives_without_the_earlier_one()
    {
        var directory = Open();
        using var file = directory.OpenWrite("f");
        file.SetLength(512);
        file.Flush();
        directory.Flush();
        file.Write(0, Fill(100, 1));
        file.Write(100, Fill(100, 2));
        for (var seed = 0; seed < Seeds; seed++)
        {
            var content = directory.PowerLoss(seed).Content("f");
            if (content.Length > 100 && content[100] == 2)
                Assert.Equal(1, content[0]);
        }
    }

    [Fact]
    public void The_length_and_what_lies_beyond_the_durable_end_may_be_anything_between()
    {
        var directory = Open();
        using var file = directory.OpenWrite("f");
        file.Write(0, Fill(512, 1));
        file.Flush();
        directory.Flush();
        file.Write(512, Fill(512, 2));
        file.Write(1024, Fill(100, 3));
        var lengths = Range(seed => (long)directory.PowerLoss(seed).Content("f").Length);
        Assert.Equal([512, 1024, 1124], lengths.Order());
        var second = Range(seed => directory.PowerLoss(seed).Content("f") is { Length: > 1000 } c ? c[700] : (byte)2);
        Assert.Contains((byte)0, second);
        Assert.Contains(second, b => b is not (0 or 2)); // garbage that was on the device before
    }

    [Fact]
    public void A_cut_that_was_not_flushed_may_be_undone()
    {
        Assert.Equal([512, 2048], Lengths(flush: false).Order());
        Assert.Equal([512], Lengths(flush: true));

        static HashSet<int> Lengths(bool flush)
        {
            var directory = Open();
            using var file = directory.OpenWrite("f");
            file.Write(0, Fill(2048, 1));
            file.Flush();
            directory.Flush();
            file.SetLength(512);
            if (flush)
                file.Flush();
            return Range(seed => directory.PowerLoss(seed).Content("f").Length);
        }
    }

    [Fact]
    public void A_file_whose_directory_was_not_flushed_may_be_missing_though_the_file_was()
    {
        Assert.Equal([0, 1], Counts(_ => { }).Order());
        Assert.Equal([1], Counts(d => d.Flush()));
        Assert.Equal([0, 1], Counts(d =>
        {
            d.Flush();
            d.Delete("f");
        }).Order());

        static HashSet<int> Counts(Action<FaultyDirectory> then)
        {
            var directory = Open();
            using (var file = directory.OpenWrite("f"))
            {
                file.Write(0, Fill(10, 1));
                file.Flush();
            }

            then(directory);
            return Range(seed => directory.PowerLoss(seed).List().Count);
        }
    }

    [Fact]
    public void A_rename_happens_whole_or_not_at_all()
    {
        var directory = Open();
        foreach (var (name, fill) in new[] { ("old", (byte)1), ("new", (byte)2) })
        {
            using var file = directory.OpenWrite(name);
            file.Write(0, Fill(10, fill));
            file.Flush();
        }

        directory.Flush();
        directory.Rename("new", "old");
        Assert.Equal([2], directory.Content("old").Distinct());
        var outcomes = Range(seed =>
        {
            var after = directory.PowerLoss(seed);
            return $"{string.Join(',', after.List().Order())}:{after.Content("old")[0]}";
        });
        Assert.Equal(["new,old:1", "old:2"], outcomes.Order());
    }

    [Fact]
    public void The_same_seed_gives_the_same_outcome_and_the_old_directory_is_dead()
    {
        var directory = Open();
        var file = directory.OpenWrite("f");
        directory.Flush();
        file.Write(0, Fill(100_000, 1));
        Assert.Equal(directory.PowerLoss(7).Content("f"), directory.PowerLoss(7).Content("f"));
        Assert.True(directory.Disk.IsOff);
        Assert.Throws<IOException>(() => file.Write(0, Fill(1, 1)));
        Assert.Throws<IOException>(() => file.Flush());
        Assert.Throws<IOException>(() => directory.List());
    }

    [Fact]
    public void A_killed_process_leaves_all_it_wrote_but_that_is_not_durable_yet()
    {
        var directory = Open();
        directory.OpenWrite("f").Write(0, Fill(4096, 1));
        using var held = directory.Lock("lock");
        var next = directory.Kill();
        Assert.All(next.Content("f"), b => Assert.Equal(1, b));
        Assert.Empty(next.DurableContent("f"));
        next.Lock("lock").Dispose(); // a dead process holds nothing
        Assert.Equal([0, 1], Range(seed => next.PowerLoss(seed).List().Count).Order());
    }

    [Fact]
    public void The_power_can_fail_at_any_change_with_a_write_under_way()
    {
        for (var changes = 0; changes < 5; changes++)
        {
            var directory = Open();
            directory.Disk.CutPowerAfter(changes);
            var done = 0;
            Assert.Throws<IOException>(() =>
            {
                using var file = directory.OpenWrite("f");
                done = 1;
                file.Write(0, Fill(4096, 1));
                done = 2;
                file.Flush();
                done = 3;
                directory.Flush();
                done = 4;
                file.Write(0, Fill(4096, 2));
            });
            Assert.Equal(changes, done);
            Assert.True(directory.Disk.IsOff);
            if (changes < 4)
                continue;
            var patterns = Outcomes(directory, "f");
            Assert.Contains("22222222", patterns);
            Assert.Contains("11111111", patterns);
        }
    }

    private static FaultyDirectory Open()
    {
        var directory = new FaultyDirectory();
        directory.Create();
        return directory;
    }

    private static byte[] Fill(int count, byte with)
    {
        var bytes = new byte[count];
        Array.Fill(bytes, with);
        return bytes;
    }

    private static HashSet<T> Range<T>(Func<int, T> outcome) => [.. Enumerable.Range(0, Seeds).Select(outcome)];

    /// <summary>What files may look like afterwards: a character for each sector, '?' where it is not of one piece.</summary>
    private static HashSet<string> Outcomes(FaultyDirectory directory, string name) => Range(seed =>
        string.Concat(directory.PowerLoss(seed).Content(name).Chunk(512).Select(s => s.Distinct().Count() is 1 ? (char)('0' + s[0]) : '?')));
}
