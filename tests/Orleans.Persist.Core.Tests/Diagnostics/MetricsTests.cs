using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Orleans.Persist.Core.Tests.Support;
using Orleans.Persist.Diagnostics;
using Orleans.Persist.Hosting;
using Orleans.Persist.Objects;
using Orleans.Persist.TestKit;

namespace Orleans.Persist.Core.Tests.Diagnostics;

public sealed class MetricsTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly TestStorage _storage;
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<(string Instrument, string? Tag, double Value)> _seen = new();
    private readonly string _source = $"metered-{Guid.NewGuid():N}"; // the meter is the process's: only this test's measurements count

    public MetricsTests()
    {
        _storage = new TestStorage(_time);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == PersistDiagnostics.MeterName)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, tags, value));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, tags, value));
        _listener.Start();
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task Publishing_exporting_failing_and_replaying_are_measured()
    {
        await using var engine = new PersistEngine(_storage, _time);
        engine.AddSource(_source, TestEngine.Quiet());
        await engine.StartAsync();
        var source = engine.GetSource(_source);
        await source.PublishAsync(Enumerable.Range(1, 5).Select(TestEngine.Event).ToArray());
        var gate = new Gate();
        var sink = new LogSink("a") { BeforeApply = e => e.Version == 6 ? gate.PassAsync() : Task.CompletedTask };
        await source.StartSinkAsync(sink);
        await sink.ReachedAsync(5);
        await source.ExportAsync();
        _storage.Snapshots.BeforeSave = (_, _) => throw new IOException("full");
        await source.ExportAsync();
        await source.PublishAsync(Enumerable.Range(6, 2).Select(TestEngine.Event).ToArray());
        await gate.Entered;
        _listener.RecordObservableInstruments();
        gate.Open();

        Assert.Equal(7, Sum("messaging.client.sent.messages"));
        Assert.Equal(2, _seen.Count(s => s.Instrument == "messaging.client.operation.duration" && s.Tag == _source));
        Assert.Equal(1, Sum("orleans.persist.sink.exports"));
        Assert.Equal(1, Sum("orleans.persist.sink.failed_exports"));
        Assert.Equal(5, Sum("orleans.persist.sink.replayed"));
        Assert.Equal(2, Sum("orleans.persist.sink.lag"));
    }

    [Fact]
    [Trait("Requirement", "g.6.1")]
    public async Task Damage_that_was_recovered_from_is_measured()
    {
        var options = new ObjectStoreOptions<Reading> { Snapshot = true };
        var stores = new ObjectStores(_storage, _time);
        await using (var store = await stores.CreateAsync(_source, options))
        {
            await store.ExportAsync([new Reading(1, default)]);
            await store.ExportAsync([new Reading(2, default)]);
        }

        await _storage.Snapshots.DamageNewestAsync($"$objects/{_source}");
        await using var again = await stores.OpenAsync(_source, options);

        Assert.Equal(1, _seen.Where(s => s.Instrument == "orleans.persist.recovered_damage" && s.Tag == $"$objects/{_source}").Sum(s => s.Value));
        Assert.Equal(2, _seen.Where(s => s.Instrument == "orleans.persist.object_store.exported" && s.Tag == _source).Sum(s => s.Value));
    }

    [Fact]
    public async Task Publishing_is_traced_by_the_conventions_for_messaging()
    {
        var activities = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name == PersistDiagnostics.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activities.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var engine = new PersistEngine(_storage, _time);
        await engine.StartAsync();

        await engine.GetSource(_source).PublishAsync(new[] { TestEngine.Event(1), TestEngine.Event(2) });

        var activity = Assert.Single(activities, a => a.DisplayName == $"publish {_source}");
        Assert.Equal((ActivityKind.Producer, "publish", 2), (activity.Kind, activity.GetTagItem("messaging.operation.name"), activity.GetTagItem("messaging.batch.message_count")));
        Assert.Equal(_source, activity.GetTagItem("messaging.destination.name"));
    }

    private double Sum(string instrument) => _seen.Where(s => s.Instrument == instrument && s.Tag == _source).Sum(s => s.Value);

    private void Note(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags, double value)
    {
        string? tag = null;
        foreach (var (key, text) in tags)
        {
            if (key is "messaging.destination.name" or "orleans.persist.owner" or "orleans.persist.object_store")
                tag = (string?)text;
        }

        _seen.Enqueue((instrument.Name, tag, value));
    }
}
