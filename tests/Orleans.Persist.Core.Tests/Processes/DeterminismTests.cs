using System.Reflection;
using Orleans.Persist.Processes;
using Orleans.Persist.TestKit.Conformance;
using static Orleans.Persist.Core.Tests.Processes.ProcessWorld;

namespace Orleans.Persist.Core.Tests.Processes;

/// <summary>Numbers computed by programs of others. They are part of the stored format: a change here breaks every journal there is.</summary>
[Trait("Requirement", "m.4")]
public sealed class DeterminismTests
{
    [Fact]
    public void The_algorithm_is_xoshiro256_star_star_by_its_published_vectors()
    {
        var random = new DeterministicRandom(0);
        foreach (var (field, value) in new (string, object)[] { ("_s0", 1UL), ("_s1", 2UL), ("_s2", 3UL), ("_s3", 4UL), ("_seeded", true) })
            typeof(DeterministicRandom).GetField(field, BindingFlags.Instance | BindingFlags.NonPublic)!.SetValue(random, value);
        ulong[] published =
        [
            11520, 0, 1509978240, 1215971899390074240, 1216172134540287360, 607988272756665600, 16172922978634559625, 8476171486693032832, 10595114339597558777, 2904607092377533576,
        ];
        Assert.Equal(published, published.Select(_ => random.NextBits()));
    }

    [Fact]
    public void Its_four_words_are_drawn_by_split_mix_by_its_published_vectors()
    {
        var random = new DeterministicRandom(1234567);
        random.NextBits();
        random.Reset(1234567);
        typeof(DeterministicRandom).GetMethod("Seed", BindingFlags.Instance | BindingFlags.NonPublic)!.Invoke(random, null);
        var words = new[] { "_s0", "_s1", "_s2", "_s3" }.Select(f => (ulong)typeof(DeterministicRandom).GetField(f, BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(random)!);
        Assert.Equal([6457827717110365317UL, 3203168211198807973UL, 9817491932198370423UL, 4593380528125082431UL], words);
    }

    [Fact]
    public void What_is_made_of_the_bits_is_pinned()
    {
        Assert.Equal([1546998764402558742UL, 6990951692964543102UL, 12544586762248559009UL, 17057574109182124193UL], Draw(r => r.NextBits(), 4));
        Assert.Equal([8, 37, 68, 92, 99, 76, 71, 85], Draw(r => r.Next(100), 8));
        Assert.Equal([-5, -1, 2, 5, 5, 3, 2, 4], Draw(r => r.Next(-5, 6), 8));
        Assert.Equal([0.08386297105988216, 0.3789802506626686, 0.6800434110281394], Draw(r => r.NextDouble(), 3));
        Assert.Equal([0.08386296033859253f, 0.37898021936416626f], Draw(r => r.NextSingle(), 2));
        Assert.Equal([773499382201279370L], Draw(r => r.NextInt64(), 1));
        Assert.Equal(Guid.Parse("15780b2e-0c2e-4716-a104-d9866d113a7e"), new DeterministicRandom(42).NextGuid());
        var bytes = new byte[11];
        new DeterministicRandom(42).NextBytes(bytes);
        Assert.Equal("16C72E0C2E0B78157E3A11", Convert.ToHexString(bytes));
    }

    [Fact]
    public void A_reset_begins_the_sequence_again_and_what_was_drawn_is_told()
    {
        var random = new DeterministicRandom(42);
        Assert.Equal(0UL, random.Drawn);
        var first = random.NextInt64();
        var drawn = random.Drawn;
        Assert.NotEqual(0UL, drawn);
        random.NextInt64();
        Assert.NotEqual(drawn, random.Drawn);
        random.Reset(42);
        Assert.Equal(0UL, random.Drawn);
        Assert.Equal(first, random.NextInt64());
        Assert.Equal(drawn, random.Drawn);
        Assert.NotEqual(first, new DeterministicRandom(43).NextInt64());
    }

    [Fact]
    public void Bounds_are_kept_and_reached_and_bad_ones_refused()
    {
        var random = new DeterministicRandom(7);
        var dice = Enumerable.Range(0, 6_000).Select(_ => random.Next(1, 7)).GroupBy(d => d).ToDictionary(g => g.Key, g => g.Count());
        Assert.Equal([1, 2, 3, 4, 5, 6], dice.Keys.Order());
        Assert.All(dice.Values, count => Assert.InRange(count, 850, 1150));
        Assert.Equal((0, 5, 0L), (random.Next(0), random.Next(5, 5), random.NextInt64(1)));
        Assert.All(Enumerable.Range(0, 1000), _ => Assert.InRange(random.NextInt64(long.MinValue, long.MaxValue), long.MinValue, long.MaxValue - 1));
        Assert.All(Enumerable.Range(0, 1000), _ => Assert.InRange(random.Next(int.MinValue, int.MaxValue), int.MinValue, int.MaxValue - 1));
        Assert.All(Enumerable.Range(0, 1000), _ => Assert.InRange(random.NextDouble(), 0, 1 - double.Epsilon));
        Assert.Throws<ArgumentOutOfRangeException>(() => random.Next(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => random.Next(2, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => random.NextInt64(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => random.NextInt64(2, 1));
    }

    [Theory]
    [InlineData("actor/a", 1, 1, 3337137555608078016, 6540671049724012286)]
    [InlineData("actor/a", 1, 2, 3045364233762981317, 77700773011419581)]
    [InlineData("actor/a", 2, 1, 5253283429025719491, 5144004660923401845)]
    [InlineData("actor/b", 1, 1, 7057349827547079411, 2665352153294703859)]
    public void The_key_is_persist_id_incarnation_and_version_and_what_it_gives_is_pinned(string stream, int incarnation, long version, long first, long second)
    {
        var turn = new TurnContext(stream);
        foreach (var replaying in new[] { false, true })
        {
            turn.Begin(incarnation, version, DateTimeOffset.UnixEpoch, replaying);
            Assert.Equal([first, second], [turn.Random.NextInt64(), turn.Random.NextInt64()]);
        }
    }

    [Fact]
    [Trait("Requirement", "m.3")]
    public void The_clock_of_a_turn_stands_still_and_has_no_timers()
    {
        var turn = new TurnContext("actor/a");
        var now = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddTicks(6);
        turn.Begin(1, 1, now, replaying: false);
        Assert.Equal(now, turn.TimeProvider.GetUtcNow());
        Assert.Equal(now, turn.TimeProvider.GetLocalNow());
        Assert.Equal(TimeSpan.Zero, turn.TimeProvider.GetElapsedTime(turn.TimeProvider.GetTimestamp()));
        Assert.Throws<NotSupportedException>(() => turn.TimeProvider.CreateTimer(_ => { }, null, TimeSpan.Zero, TimeSpan.Zero));
    }

    [Fact]
    public async Task New_guids_are_of_version_4_and_a_command_that_persists_nothing_does_not_draw_the_same_after_a_restart()
    {
        await using var world = new ProcessWorld();
        var drawn = new HashSet<Guid>();
        for (var restart = 0; restart < 3; restart++)
        {
            var host = await world.StartAsync();
            for (var i = 0; i < 3; i++)
            {
                var guid = (Guid)(await DoAsync(host, "a", p => new ValueTask<object?>(p.Id128())))!;
                Assert.True(drawn.Add(guid), $"{guid} was drawn before.");
                Assert.Equal((4, true), (guid.Version, guid.Variant is >= 8 and < 12));
            }

            await host.AbortAsync();
            world.Time.Advance(TimeSpan.FromTicks(1));
        }
    }

    [Fact]
    public async Task The_same_messages_give_the_same_numbers_on_another_machine()
    {
        var states = new List<IReadOnlyList<string>>();
        for (var machine = 0; machine < 2; machine++)
        {
            await using var world = new ProcessWorld();
            var host = await world.StartAsync();
            for (var i = 0; i < 5; i++)
            {
                await TellAsync(host, "a", new($"{i}") { Draws = i, Stamp = true });
                world.Time.Advance(TimeSpan.FromMilliseconds(1));
            }

            states.Add((await host.GetStateAsync<ConformanceLog>(Actor("a"))).State.Texts);
        }

        Assert.Equal(states[0], states[1]);
    }

    private static IEnumerable<T> Draw<T>(Func<DeterministicRandom, T> draw, int count)
    {
        var random = new DeterministicRandom(42);
        return [.. Enumerable.Range(0, count).Select(_ => draw(random))];
    }
}
