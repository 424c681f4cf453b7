using Orleans.Persist.Journal;
using Xunit;

namespace Orleans.Persist.TestKit.Conformance;

/// <summary>Idempotency by a producer's own numbers, for as long as the stream's incarnation lasts.</summary>
/// <typeparam name="TFixture">The plug-in under test.</typeparam>
public abstract class JournalProducerConformance<TFixture> : StorageConformance<TFixture>
    where TFixture : StorageFixture, new()
{
    [Fact]
    public async Task The_same_number_again_gets_the_first_answer_whatever_lies_between()
    {
        var first = await ProduceAsync("p", 7, ExpectedVersion.NoStream, Events(1, 2));
        await AppendAsync("s", [.. EventsWithIds(1, Journal.Limits.IdWindow + 1)]);
        Clock.Now += TimeSpan.FromDays(1);
        var again = await ProduceAsync("p", 7, ExpectedVersion.NoStream, Events(1, 2));
        Assert.Equal(first with { Duplicate = true }, again);
    }

    [Fact]
    public async Task A_lower_number_stores_nothing_and_has_no_versions()
    {
        await ProduceAsync("p", 1, ExpectedVersion.Any, Event("a"));
        await ProduceAsync("p", 5, ExpectedVersion.Any, Event("b")); // gaps are allowed
        foreach (var late in new long[] { 1, 3, 4 })
        {
            var result = await ProduceAsync("p", late, ExpectedVersion.Any, Event("late"));
            Assert.Equal((true, 0L, 0L), (result.Duplicate, result.FirstVersion, result.LastVersion));
        }

        Assert.False((await ProduceAsync("p", 6, ExpectedVersion.Any, Event("c"))).Duplicate);
        await AssertHoldsAsync("s", "a", "b", "c");
    }

    [Fact]
    public async Task Producers_and_streams_do_not_touch_each_other()
    {
        await ProduceAsync("p", 5, ExpectedVersion.Any, Event("a"));
        Assert.False((await ProduceAsync("q", 5, ExpectedVersion.Any, Event("b"))).Duplicate);
        Assert.False((await ProduceAsync("P", 1, ExpectedVersion.Any, Event("c"))).Duplicate);
        Assert.False((await Journal.AppendAsync("t", ExpectedVersion.Any, new[] { Event("d") }, new ProducerSequence("p", 1), Limit)).Duplicate);
        await AssertHoldsAsync("s", "a", "b", "c");
    }

    [Fact]
    public async Task A_refused_append_does_not_use_up_its_number()
    {
        await AppendAsync("s", Event("a", id: "a"));
        await Assert.ThrowsAsync<VersionConflictException>(() => ProduceAsync("p", 1, ExpectedVersion.NoStream, Event("b")).AsTask());
        EventData[] partly = [Event("a", id: "a"), Event("new", id: "new")];
        await Assert.ThrowsAsync<DuplicateEventException>(() => ProduceAsync("p", 1, ExpectedVersion.Any, partly).AsTask());
        Assert.False((await ProduceAsync("p", 1, ExpectedVersion.Exactly(1), Event("b"))).Duplicate);
        await AssertHoldsAsync("s", "a", "b");
    }

    [Fact]
    public async Task Numbers_survive_truncation_and_end_with_the_incarnation()
    {
        var first = await ProduceAsync("p", 3, ExpectedVersion.Any, Events(1, 3));
        await Journal.TruncateAsync("s", 4, Limit);
        Assert.Equal(first with { Duplicate = true }, await ProduceAsync("p", 3, ExpectedVersion.Any, Events(1, 3)));
        await Journal.DeleteAsync("s", ExpectedVersion.Any, Limit);
        var again = await ProduceAsync("p", 3, ExpectedVersion.NoStream, Event("a"));
        Assert.Equal((false, 2, 1L), (again.Duplicate, again.Incarnation, again.LastVersion));
    }

    [Fact]
    public async Task A_thousand_producers_are_told_apart()
    {
        var names = Enumerable.Range(0, 1000).Select(i => $"producer-{i}").ToArray();
        foreach (var attempt in new[] { false, true })
        {
            var results = await Task.WhenAll(names.Select(n => ProduceAsync(n, 1, ExpectedVersion.Any, Event(n)).AsTask())).WaitAsync(Limit);
            Assert.All(results, r => Assert.Equal(attempt, r.Duplicate));
        }

        Assert.Equal(names.Order(StringComparer.Ordinal), (await ReadAsync("s")).Select(Text).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("p", 0)]
    [InlineData("p", -1)]
    [InlineData(null, 1)]
    public async Task A_bad_producer_is_refused(string? name, long sequence)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => ProduceAsync(name!, sequence, ExpectedVersion.Any, Event("a")).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(
            () => ProduceAsync(new string('p', ProducerSequence.MaxNameLength + 1), 1, ExpectedVersion.Any, Event("a")).AsTask());
        Assert.Equal(1, (await ProduceAsync(new string('p', ProducerSequence.MaxNameLength), 1, ExpectedVersion.Any, Event("a"))).LastVersion);
    }

    private ValueTask<AppendResult> ProduceAsync(string producer, long sequence, ExpectedVersion expected, params EventData[] events) =>
        Journal.AppendAsync("s", expected, events, new ProducerSequence(producer, sequence), Limit);
}
