using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Orleans.Persist.Diagnostics;

namespace Orleans.Persist.Tests.Support;

/// <summary>Listens to the meter and the activities, as OpenTelemetry would. They are the program's, so other tests are heard too.</summary>
internal sealed class Telemetry : IDisposable
{
    private readonly ConcurrentQueue<(string Instrument, double Value, Dictionary<string, object?> Tags)> _measured = new();
    private readonly ConcurrentQueue<Activity> _activities = new();
    private readonly MeterListener _meter = new();
    private readonly ActivityListener _tracer;

    public Telemetry()
    {
        _meter.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == PersistDiagnostics.MeterName)
                listener.EnableMeasurementEvents(instrument);
        };
        _meter.SetMeasurementEventCallback<long>((instrument, value, tags, _) => _measured.Enqueue((instrument.Name, value, new(tags.ToArray()))));
        _meter.SetMeasurementEventCallback<double>((instrument, value, tags, _) => _measured.Enqueue((instrument.Name, value, new(tags.ToArray()))));
        _meter.Start();
        _tracer = new ActivityListener
        {
            ShouldListenTo = source => source.Name == PersistDiagnostics.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = _activities.Enqueue,
        };
        ActivitySource.AddActivityListener(_tracer);
    }

    /// <summary>The values that an instrument gave with an attribute.</summary>
    public IEnumerable<double> Measured(string instrument, string attribute, string value) =>
        _measured.Where(one => one.Instrument == instrument && (string?)one.Tags.GetValueOrDefault(attribute) == value).Select(one => one.Value);

    /// <summary>The names of the activities that had an attribute, in the order in which they ended.</summary>
    public IEnumerable<string> Traced(string attribute, string value) =>
        _activities.Where(activity => (string?)activity.GetTagItem(attribute) == value).Select(activity => activity.DisplayName);

    public void Dispose()
    {
        _meter.Dispose();
        _tracer.Dispose();
    }
}
