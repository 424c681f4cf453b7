using Orleans.Persist.Journal;
using Xunit;

namespace Orleans.Persist.TestKit.Conformance;

/// <summary>Expected versions: a writer that is behind, beyond, or of another incarnation writes nothing and is told what is there.</summary>
/// <typeparam name="TFixture">The plug-in under test.</typeparam>
public abstract class JournalExpectedVersionConformance<TFixture> : StorageConformance<TFixture>
    where TFixture : StorageFixture, new()
{
    [Fact]
    public async Task Exact_no_stream_and_any_let_the_right_writer_through()
    {
        await AppendAsync("s", ExpectedVersion.NoStream, Event("a"));
        await AppendAsync("s", ExpectedVersion.Exactly(1), Event("b"));
        await AppendAsync("s", ExpectedVersion.Exactly(2, incarnation: 1), Event("c"));
        await AppendAsync("s", ExpectedVersion.Any, Event("d"));
        await AppendAsync("s", ExpectedVersion.Any with { Incarnation = 1 }, Event("e"));
        await AppendAsync("t", ExpectedVersion.Exactly(0), Event("a"));
        await AssertHoldsAsync("s", "a", "b", "c", "d", "e");
    }

    [Theory]
    [InlineData(2, 0)] // stale
    [InlineData(4, 0)] // beyond the end
    [InlineData(1000, 0)]
    [InlineData(0, 0)] // no stream
    [InlineData(3, 2)] // an incarnation to come
    [InlineData(-1, 2)]
    public async Task A_wrong_expectation_is_a_conflict_that_says_what_is_there_and_writes_nothing(long version, int incarnation)
    {
        await AppendAsync("s", Events(1, 3));
        var expected = new ExpectedVersion(version, incarnation);
        var conflict = await ConflictAsync("s", expected);
        Assert.Equal(("s", expected), (conflict.Stream, conflict.Expected));
        Assert.Equal(new StreamHead("s", 1, 3, 1, Clock.Now), conflict.Actual);
        await AssertHoldsAsync("s", "e1", "e2", "e3");
    }

    [Fact]
    public async Task A_stream_never_written_is_at_version_0_of_incarnation_1()
    {
        var conflict = await ConflictAsync("s", ExpectedVersion.Exactly(1));
        Assert.Equal((0L, 1), (conflict.Actual.Version, conflict.Actual.Incarnation));
        await ConflictAsync("s", ExpectedVersion.Exactly(0, incarnation: 2));
        Assert.False((await Journal.GetHeadAsync("s", Limit)).Exists);
    }

    [Fact]
    public async Task A_stale_writer_fails_after_truncation_too()
    {
        await AppendAsync("s", Events(1, 3));
        await Journal.TruncateAsync("s", 4, Limit);
        foreach (var stale in new long[] { 0, 1, 2, 4 })
        {
            var conflict = await ConflictAsync("s", ExpectedVersion.Exactly(stale));
            Assert.Equal((3L, 4L), (conflict.Actual.Version, conflict.Actual.FirstVersion));
        }

        Assert.Equal(4, (await AppendAsync("s", ExpectedVersion.Exactly(3), Event("e4"))).LastVersion);
    }

    [Fact]
    public async Task A_writer_of_a_deleted_incarnation_fails_even_where_the_version_fits()
    {
        await AppendAsync("s", Events(1, 2));
        await Journal.DeleteAsync("s", ExpectedVersion.Exactly(2), Limit);
        await ConflictAsync("s", ExpectedVersion.Exactly(2));
        await ConflictAsync("s", ExpectedVersion.Exactly(0, incarnation: 1));
        await AppendAsync("s", Events(3, 2));
        var conflict = await ConflictAsync("s", ExpectedVersion.Exactly(2, incarnation: 1));
        Assert.Equal((2L, 2), (conflict.Actual.Version, conflict.Actual.Incarnation));
        await AppendAsync("s", ExpectedVersion.Exactly(2, incarnation: 2), Event("e5"));
        await AssertHoldsAsync("s", "e3", "e4", "e5");
    }

    [Fact]
    public async Task A_conflicting_batch_is_refused_whole()
    {
        await AppendAsync("s", Event("a"));
        await Assert.ThrowsAsync<VersionConflictException>(() => AppendAsync("s", ExpectedVersion.NoStream, Events(1, 100)).AsTask());
        await AssertHoldsAsync("s", "a");
        Assert.Equal(2, (await AppendAsync("s", ExpectedVersion.Exactly(1), Event("b"))).LastVersion);
    }

    [Fact]
    public async Task Delete_with_a_wrong_expectation_is_a_conflict_and_removes_nothing()
    {
        await AppendAsync("s", Events(1, 2));
        foreach (var wrong in new[] { ExpectedVersion.Exactly(1), ExpectedVersion.NoStream, ExpectedVersion.Exactly(2, incarnation: 9) })
            await Assert.ThrowsAsync<VersionConflictException>(() => Journal.DeleteAsync("s", wrong, Limit).AsTask());
        await AssertHoldsAsync("s", "e1", "e2");
    }

    private async Task<VersionConflictException> ConflictAsync(string stream, ExpectedVersion expected) =>
        await Assert.ThrowsAsync<VersionConflictException>(() => AppendAsync(stream, expected, Event("refused")).AsTask());
}
