using Orleans.Persist.Journal;
using Xunit;

namespace Orleans.Persist.TestKit.Conformance;

/// <summary>Reading by type, subject, tag, the publisher's time and the recorded time, alone and combined.</summary>
/// <typeparam name="TFixture">The plug-in under test.</typeparam>
public abstract class JournalFilterConformance<TFixture> : StorageConformance<TFixture>
    where TFixture : StorageFixture, new()
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public Task By_type() => AssertEveryReadAsync(
        new EventFilter { Types = ["t0"] }, new EventFilter { Types = ["t1", "t2"] }, new EventFilter { Types = ["T0"] }, new EventFilter { Types = [] });

    [Fact]
    public Task By_subject() => AssertEveryReadAsync(
        new EventFilter { Subjects = ["u1"] }, new EventFilter { Subjects = ["u2", "u1", "nobody"] }, new EventFilter { Subjects = [""] });

    [Fact]
    public Task By_tag() => AssertEveryReadAsync(
        new EventFilter { Tags = ["g0"] }, new EventFilter { Tags = ["g1", "all"] }, new EventFilter { Tags = ["g"] });

    [Fact]
    public Task By_the_publishers_time_which_may_be_out_of_order() => AssertEveryReadAsync(
        new EventFilter { Since = Start },
        new EventFilter { Until = Start.AddMinutes(-10) },
        new EventFilter { Since = Start.AddMinutes(-20), Until = Start.AddMinutes(15) },
        new EventFilter { Since = Start.AddMinutes(7).ToOffset(TimeSpan.FromHours(5)), Until = Start.AddMinutes(7).AddTicks(1) },
        new EventFilter { Since = Start.AddYears(1) });

    [Fact]
    public Task By_recorded_time() => AssertEveryReadAsync(
        new EventFilter { RecordedSince = Start.AddSeconds(10) },
        new EventFilter { RecordedUntil = Start.AddSeconds(10) },
        new EventFilter { RecordedSince = Start.AddSeconds(5).AddTicks(1), RecordedUntil = Start.AddSeconds(30) },
        new EventFilter { RecordedSince = Start.AddDays(1) },
        new EventFilter { RecordedUntil = Start });

    [Fact]
    public Task By_all_of_them_together() => AssertEveryReadAsync(
        new EventFilter { Types = ["t0", "t1"], Subjects = ["u1", "u2"] },
        new EventFilter { Types = ["t0", "t1"], Tags = ["g1"], Since = Start.AddMinutes(-30) },
        new EventFilter { Subjects = ["u0"], Tags = ["all", "g0"], RecordedSince = Start.AddSeconds(3), RecordedUntil = Start.AddSeconds(40), Until = Start.AddHours(1) },
        new EventFilter());

    [Fact]
    public async Task The_limit_counts_events_that_match()
    {
        await WriteAsync();
        var some = await ReadAsync("s", new ReadRequest { Filter = new EventFilter { Types = ["t1"] }, Limit = 3 });
        Assert.Equal([2, 5, 8], some.Select(e => e.Version));
    }

    /// <summary>Compares reads of every shape with a plain selection from everything.</summary>
    private async Task AssertEveryReadAsync(params EventFilter[] filters)
    {
        await WriteAsync();
        var all = await ReadAsync("s");
        Assert.Equal(60, all.Count);
        foreach (var filter in filters)
        {
            var wanted = all.Where(filter.Matches).Select(e => e.Version).ToArray();
            Assert.Equal(wanted, await VersionsAsync("s", new ReadRequest { Filter = filter }));
            Assert.Equal(wanted.Reverse(), await VersionsAsync("s", new ReadRequest { Filter = filter, Backward = true }));
            Assert.Equal(wanted.Where(v => v is >= 11 and <= 44), await VersionsAsync("s", new ReadRequest { Filter = filter, From = 11, To = 44 }));
            Assert.Equal(
                wanted.Where(v => v is >= 11 and <= 44).Reverse().Take(5),
                await VersionsAsync("s", new ReadRequest { Filter = filter, From = 44, To = 11, Backward = true, Limit = 5 }));
        }
    }

    private async Task WriteAsync()
    {
        for (var i = 0; i < 60; i += 2)
        {
            Clock.Now = Start.AddSeconds(i);
            await AppendAsync("s", Make(i), Make(i + 1));
        }

        static EventData Make(int i) => Event($"e{i}", type: $"t{i % 3}") with
        {
            Subject = i % 4 == 3 ? null : $"u{i % 4}",
            Tags = i % 5 == 0 ? [] : ["all", $"g{i % 2}"],
            Time = Start.AddMinutes((i * 37 % 60) - 30),
        };
    }
}
