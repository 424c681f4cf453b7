using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Orleans.Persist.Core.Tests.Support;
using Orleans.Persist.Journal;
using Orleans.Persist.Projections;
using Orleans.Persist.Sources;
using Orleans.Persist.TestKit;

namespace Orleans.Persist.Core.Tests.Projections;

public sealed class StateReaderTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly ManualTimeProvider _time = new(Start);
    private readonly TestStorage _storage;

    public StateReaderTests() => _storage = new TestStorage(_time);

    [Fact]
    [Trait("Requirement", "s.9")]
    [Trait("Requirement", "s.10")]
    public async Task Every_version_and_moment_gives_the_fold_of_the_events_up_to_it_with_and_without_snapshots()
    {
        await using var engine = await StartAsync(60);
        var all = await AllAsync(engine.Source);
        var (plain, stored) = (new BalanceProjection(0), new BalanceProjection(7));
        foreach (var version in Enumerable.Range(0, 61).Select(i => i * 37 % 61)) // in no order, so that snapshots are taken in none
        {
            foreach (var request in (StateRequest[])
            [
                new StateRequest { Version = version }, new StateRequest { Version = version, Subject = "a1" },
                new StateRequest { Recorded = Start.AddSeconds(version) }, new StateRequest { Time = Start.AddMinutes(version - 30), Subject = "a2" },
                new StateRequest { Time = Start.AddMinutes(version - 30) },
            ])
            {
                var expected = Fold(all.Where(e =>
                    !(e.Version > request.Version) && !(e.Recorded > request.Recorded) && !(e.Time > request.Time) && (request.Subject is null || e.Subject == request.Subject)));
                Assert.Equal(expected, (await engine.Engine.States.ReadAsync(engine.Source, plain, request)).State);
                Assert.Equal(expected, (await engine.Engine.States.ReadAsync(engine.Source, stored, request)).State);
            }
        }
    }

    [Fact]
    [Trait("Requirement", "s.10")]
    public void Snapshots_never_change_what_comes_out()
    {
        var steps = Gen.ArrayOf(Gen.Zip(Gen.Choose(0, 3), Gen.Choose(0, 200)));
        Prop.ForAll(Arb.From(Gen.Zip(steps, Gen.Choose(1, 12))), input => RunAsync(input.Item1, input.Item2).GetAwaiter().GetResult()).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

        async Task RunAsync((int Kind, int Value)[] operations, int every)
        {
            var storage = new TestStorage(new ManualTimeProvider(Start));
            await using var engine = await TestEngine.StartAsync(storage, new ManualTimeProvider(Start));
            var (plain, stored) = (new BalanceProjection(0), new BalanceProjection(every));
            foreach (var (kind, value) in operations)
            {
                if (kind == 0)
                    await engine.PublishAsync(value, value + (value % 9));
                else if (kind == 1)
                    storage.Snapshots.BeforeSave = value % 3 == 0 ? (_, _) => throw new JournalUnavailableException("full") : null;
                var head = await engine.Source.GetHeadAsync();
                var request = kind == 3 ? StateRequest.Now : new StateRequest { Version = value % (head.Version + 1) };
                var (expected, found) = (await engine.Engine.States.ReadAsync(engine.Source, plain, request), await engine.Engine.States.ReadAsync(engine.Source, stored, request));
                Assert.Equal((expected.Version, expected.Events, expected.State), (found.Version, found.Events, found.State));
            }
        }
    }

    [Fact]
    [Trait("Requirement", "s.10")]
    public async Task A_snapshot_spares_reading_the_events_it_covers()
    {
        await using var engine = await StartAsync(60);
        var projection = new BalanceProjection(10);
        await engine.Engine.States.ReadAsync(engine.Source, projection);
        Assert.Equal(60, projection.Applied);
        var state = await engine.Engine.States.ReadAsync(engine.Source, projection, new StateRequest { Version = 47 });
        Assert.Equal((60 + 7, 47, 40), (projection.Applied, state.Events, state.FromSnapshot));
        await using var restarted = await TestEngine.StartAsync(_storage, _time);
        state = await restarted.Engine.States.ReadAsync(restarted.Source, projection, new StateRequest { Recorded = Start.AddDays(1) });
        Assert.Equal((60 + 7, 60, 60), (projection.Applied, state.Events, state.FromSnapshot));
    }

    [Fact]
    public async Task Another_fold_another_incarnation_and_a_volatile_source_do_not_use_the_snapshots_there_are()
    {
        await using var engine = await StartAsync(30);
        await engine.Engine.States.ReadAsync(engine.Source, new BalanceProjection(5));
        foreach (var other in (BalanceProjection[])[new(6), new(5, schemaVersion: 2), new(5, types: ["Counted"])])
            Assert.Equal(0, (await engine.Engine.States.ReadAsync(engine.Source, other)).FromSnapshot);

        await _storage.Memory.DeleteAsync(TestEngine.SourceName, ExpectedVersion.Any);
        await engine.PublishAsync(1, 12);
        var state = await engine.Engine.States.ReadAsync(engine.Source, new BalanceProjection(5));
        Assert.Equal((2, 12, 0), (state.Incarnation, state.State.Events, state.FromSnapshot));

        for (var run = 1; run <= 2; run++)
        {
            await using var fleeting = await TestEngine.StartAsync(_storage, _time, new EventSourceOptions { VolatileCapacity = 100, ExportEvery = 0 });
            await fleeting.PublishAsync(run * 100, (run * 100) + 20);
            var found = await fleeting.Engine.States.ReadAsync(fleeting.Source, new BalanceProjection(5));
            Assert.Equal(Fold(await AllAsync(fleeting.Source)), found.State);
        }
    }

    [Fact]
    [Trait("Requirement", "s.9")]
    [Trait("Requirement", "s.10")]
    public async Task After_a_truncation_a_state_comes_from_the_snapshots_or_is_refused()
    {
        await using var engine = await StartAsync(60);
        var projection = new BalanceProjection(10);
        var whole = await engine.Engine.States.ReadAsync(engine.Source, projection);
        await _storage.Memory.TruncateAsync(TestEngine.SourceName, 36);
        Assert.Equal(whole.State, (await engine.Engine.States.ReadAsync(engine.Source, projection)).State);
        await Assert.ThrowsAsync<StateUnavailableException>(() => engine.Engine.States.ReadAsync(engine.Source, projection, new StateRequest { Version = 33 }).AsTask());
        var error = await Assert.ThrowsAsync<StateUnavailableException>(() => engine.Engine.States.ReadAsync(engine.Source, new BalanceProjection(0)).AsTask());
        Assert.StartsWith("Events 1 to 35 of source 'gateway' were truncated away", error.Message);
    }

    [Fact]
    public async Task A_request_that_makes_no_sense_is_refused()
    {
        await using var engine = await StartAsync(5);
        var projection = new BalanceProjection(0);
        await Assert.ThrowsAsync<ArgumentException>(() => ReadAsync(new StateRequest { Version = 1, Time = Start }));
        await Assert.ThrowsAsync<ArgumentException>(() => ReadAsync(new StateRequest { Version = -1 }));
        await Assert.ThrowsAsync<StateUnavailableException>(() => ReadAsync(new StateRequest { Version = 6 }));

        Task ReadAsync(StateRequest request) => engine.Engine.States.ReadAsync(engine.Source, projection, request).AsTask();
    }

    [Fact]
    [Trait("Requirement", "s.9")]
    public async Task A_state_can_be_had_as_bytes_by_the_projections_name_alone()
    {
        await using var engine = await StartAsync(5);
        Projection projection = new BalanceProjection(0);
        var state = await engine.Engine.States.ReadSerializedAsync(engine.Source, projection);
        Assert.Equal(Fold(await AllAsync(engine.Source)), System.Text.Json.JsonSerializer.Deserialize<Balance>(state.State.Span));
    }

    private async Task<TestEngine> StartAsync(int events)
    {
        var engine = await TestEngine.StartAsync(_storage, _time);
        for (var i = 1; i <= events; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            var data = new EventData { Type = "Counted", Data = Encoding.UTF8.GetBytes(i.ToString(CultureInfo.InvariantCulture)), Subject = $"a{i % 3}", Time = Start.AddMinutes((i * 17 % 60) - 30) };
            await engine.Source.PublishAsync(new[] { data });
        }

        return engine;
    }

    private static Balance Fold(IEnumerable<RecordedEvent> events)
    {
        var projection = new BalanceProjection(0);
        return events.Aggregate(projection.Create(), projection.Apply);
    }

    private static async Task<List<RecordedEvent>> AllAsync(EventSource source)
    {
        var all = new List<RecordedEvent>();
        await foreach (var @event in source.ReadAsync(ReadRequest.All))
            all.Add(@event);
        return all;
    }
}
