using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Orleans.Persist.Diagnostics;
using Orleans.Persist.Journal;
using Orleans.Persist.Processes;
using Orleans.Persist.TestKit.Conformance;
using static Orleans.Persist.Core.Tests.Processes.ProcessWorld;

namespace Orleans.Persist.Core.Tests.Processes;

[Trait("Requirement", "p.15")]
public sealed class ProcessInstrumentsTests
{
    private readonly string _kind = $"metered-{Guid.NewGuid():N}"; // the meter is the program's: only this kind's measurements count

    [Fact]
    public async Task Recoveries_snapshots_poison_handling_and_processes_in_memory_are_measured_by_kind()
    {
        var seen = new ConcurrentQueue<(string Instrument, double Value)>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == PersistDiagnostics.MeterName)
                l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, tags, value));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, tags, value));
        listener.Start();
        await using var world = new ProcessWorld();
        Add(world, PoisonPolicy.Skip);
        await world.Storage.Memory.AppendAsync($"{_kind}/a", ExpectedVersion.Any, new EventData { Type = "unknown" });
        var host = await world.StartAsync();

        await host.CallAsync(new ProcessId(_kind, "a"), ConformanceProcess.Note("1", "2"));
        await host.CallAsync(new ProcessId(_kind, "b"), ConformanceProcess.Note("1"));
        Assert.Equal(2, Sum("orleans.persist.process.active"));
        await host.StopAsync().WaitAsync(Patience);

        Assert.Equal(0, Sum("orleans.persist.process.active"));
        Assert.Equal(2, seen.Count(s => s.Instrument == "orleans.persist.process.recovery.duration"));
        Assert.Equal(2, seen.Count(s => s.Instrument == "messaging.process.duration"));
        Assert.Equal(2, Sum("orleans.persist.process.snapshots"));
        Assert.Equal(1, Sum("orleans.persist.process.poison"));

        double Sum(string instrument) => seen.Where(s => s.Instrument == instrument).Sum(s => s.Value);

        void Note(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags, double value)
        {
            foreach (var (key, text) in tags)
            {
                if (key == "orleans.persist.process" && (string?)text == _kind)
                    seen.Enqueue((instrument.Name, value));
            }
        }
    }

    [Fact]
    public async Task Handling_recovery_and_snapshots_are_traced_and_events_carry_the_trace_of_who_called()
    {
        var activities = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name is PersistDiagnostics.ActivitySourceName or "caller",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activities.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var source = new ActivitySource("caller");
        await using var world = new ProcessWorld();
        Add(world, PoisonPolicy.Fail);
        var host = await world.StartAsync();
        var traces = new List<ActivityTraceId>();
        for (var i = 0; i < 3; i++)
        {
            using var caller = source.StartActivity("caller");
            traces.Add(caller!.TraceId);
            await host.CallAsync(new ProcessId(_kind, "a"), ConformanceProcess.Note($"{i}"));
            Assert.Same(caller, Activity.Current);
        }

        await host.StopAsync().WaitAsync(Patience);

        var handled = activities.Where(a => a.DisplayName == $"process {_kind}").ToArray();
        Assert.Equal(traces, handled.Select(a => a.TraceId));
        Assert.All(handled, a => Assert.Equal((ActivityKind.Consumer, "orleans.persist"), (a.Kind, a.GetTagItem("messaging.system"))));
        Assert.Single(activities, a => a.DisplayName == $"recover {_kind}");
        Assert.Single(activities, a => a.DisplayName == $"snapshot {_kind}");
        var parents = new List<ActivityTraceId>();
        await foreach (var recorded in world.Storage.Memory.ReadAsync($"{_kind}/a", ReadRequest.All))
            parents.Add(ActivityContext.Parse(recorded.Metadata[MetadataNames.TraceParent], null).TraceId);
        Assert.Equal(traces, parents);
    }

    private void Add(ProcessWorld world, PoisonPolicy policy) => world.Others.Add(ProcessDefinition.Persistent(
        _kind, () => new ConformanceProcess(), new ProcessOptions<ConformanceLog, ConformanceEvent> { Kernel = new() { OnPoison = policy } }));
}
