using Orleans.Persist.Journal;
using Xunit;

namespace Orleans.Persist.TestKit.Conformance;

/// <summary>Limits, bad input, unusual names and cancellation: a clear error, and nothing written.</summary>
/// <typeparam name="TFixture">The plug-in under test.</typeparam>
public abstract class JournalInputConformance<TFixture> : StorageConformance<TFixture>
    where TFixture : StorageFixture, new()
{
    /// <summary>Names that are fine: they are never paths.</summary>
    public static TheoryData<string> GoodNames => [".", "..", "../up", "a/b/c", "\\", "a:b*?\"<>|", " ", "NUL", "ünïcödé 😀 名前", "%2F", "'", "a\u00A0b", new('x', StreamName.MaxBytes)];

    /// <summary>Names that are refused.</summary>
    public static TheoryData<string> BadNames => ["", "a\0b", "tab\t", "line\n", "\u007F", "\u0085", new('x', StreamName.MaxBytes + 1), new('x', 10_000), new('ü', 300)];

    [Theory]
    [MemberData(nameof(GoodNames))]
    public async Task Unusual_names_are_streams_of_their_own(string name)
    {
        await AppendAsync("neighbour", Event("other"));
        await AppendAsync(name, Events(1, 2));
        await AssertHoldsAsync(name, "e1", "e2");
        await AssertHoldsAsync("neighbour", "other");
        Assert.Contains(await ListAsync(Journal.ListStreamsAsync(name, Limit)), h => h.Stream == name);
        Assert.Equal(name, (await ReadAsync(name))[0].Stream);
        Assert.Equal(2, (await Journal.DeleteAsync(name, ExpectedVersion.Exactly(2), Limit)).Incarnation);
    }

    [Fact]
    public async Task Names_differ_in_any_character()
    {
        string[] names = ["a", "A", "a ", " a", "a/", "a.", "á", "a\u0301", "a\\", "a%"];
        foreach (var name in names)
            await AppendAsync(name, ExpectedVersion.NoStream, Event(name));
        foreach (var name in names)
            await AssertHoldsAsync(name, name);
    }

    [Fact]
    public Task A_name_with_half_of_a_surrogate_pair_is_refused() => A_bad_name_is_refused_everywhere("half \uD800"); // a test's data cannot hold it

    [Theory]
    [MemberData(nameof(BadNames))]
    public async Task A_bad_name_is_refused_everywhere(string name)
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(() => AppendAsync(name, Event("a")).AsTask());
        await Assert.ThrowsAnyAsync<ArgumentException>(() => ReadAsync(name));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Journal.GetHeadAsync(name, Limit).AsTask());
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Journal.WaitForAppendAsync(name, 1, 0, Limit).AsTask());
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Journal.TruncateAsync(name, 1, Limit).AsTask());
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Journal.DeleteAsync(name, ExpectedVersion.Any, Limit).AsTask());
        Assert.Empty(await ListAsync(Journal.ListStreamsAsync("", Limit)));
    }

    [Fact]
    public async Task Bad_events_are_refused_with_their_index_and_nothing_is_written()
    {
        (EventData[] Events, string Says)[] cases =
        [
            ([], "at least one"),
            ([Event("a"), Event("b", type: "")], "Event 1"),
            ([Event("a"), Event("b"), Event("c", id: "")], "Event 2"),
            ([Event("a") with { SchemaVersion = -1 }], "Event 0"),
            ([Event("a"), null!], "Event 1"),
        ];
        foreach (var (events, says) in cases)
        {
            var error = await Assert.ThrowsAnyAsync<ArgumentException>(() => AppendAsync("s", events).AsTask());
            Assert.Contains(says, error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(StreamHead.None("s"), await Journal.GetHeadAsync("s", Limit));
    }

    [Fact]
    public async Task An_append_of_too_many_events_is_refused_before_anything_is_written()
    {
        await AppendAsync("s", Event("a"));
        var events = new EventData[Journal.Limits.MaxAppendEvents + 1];
        Array.Fill(events, new EventData { Type = "t" });
        var error = await Assert.ThrowsAsync<AppendTooLargeException>(() => AppendAsync("s", events).AsTask());
        Assert.Equal((events.Length, Journal.Limits.MaxAppendEvents), (error.Size, error.Limit));
        await AssertHoldsAsync("s", "a");
    }

    [Fact]
    public async Task An_append_of_too_many_bytes_is_refused_and_one_that_just_fits_is_not()
    {
        await AppendAsync("s", Event("a"));
        var limit = (int)Math.Min(Journal.Limits.MaxAppendBytes, 256 << 20);
        var bytes = new byte[limit];
        if (limit == Journal.Limits.MaxAppendBytes)
        {
            var error = await Assert.ThrowsAsync<AppendTooLargeException>(() => AppendAsync("s", new EventData { Type = "t", Data = bytes }).AsTask());
            Assert.Equal(limit, error.Limit);
            await AssertHoldsAsync("s", "a");
        }

        // Half of it, in two events, leaves any plug-in the room for what it stores beside the payload.
        var half = new EventData { Type = "t", Data = bytes.AsMemory(0, limit / 4) };
        Assert.Equal(3, (await AppendAsync("s", half, half)).LastVersion);
        Assert.Equal(limit / 4, (await ReadAsync("s"))[2].Data.Length);
    }

    [Fact]
    public async Task A_cancelled_append_happened_whole_or_not_at_all()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Journal.AppendAsync("s", ExpectedVersion.Any, Events(1, 3), producer: null, cancelled.Token).AsTask());
        Assert.False((await Journal.GetHeadAsync("s", Limit)).Exists);

        for (var i = 0; i < 50; i++)
        {
            using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Limit);
            var append = Task.Run(() => Journal.AppendAsync("t", ExpectedVersion.Any, EventsWithIds(i * 3, 3), producer: null, cancel.Token).AsTask());
            await cancel.CancelAsync();
            try
            {
                await append.WaitAsync(Limit);
            }
            catch (OperationCanceledException)
            {
                await AppendAsync("t", EventsWithIds(i * 3, 3)); // doing it again is safe
            }
        }

        await AssertHoldsAsync("t", [.. Enumerable.Range(0, 150).Select(i => $"e{i}")]);
    }

    [Fact]
    public async Task A_cancelled_read_ends()
    {
        await AppendAsync("s", Events(1, 1000));
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Limit);
        var read = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var @event in Journal.ReadAsync("s", ReadRequest.All, cancel.Token))
            {
                if (++read == 10)
                    await cancel.CancelAsync();
            }
        });
        Assert.InRange(read, 10, 999);
    }
}
