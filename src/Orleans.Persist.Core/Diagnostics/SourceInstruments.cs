using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Orleans.Persist.Sources;

namespace Orleans.Persist.Diagnostics;

/// <summary>The measurements of event sources and their sinks.</summary>
internal static class SourceInstruments
{
    private static readonly Counter<long> Published = PersistDiagnostics.Meter.CreateCounter<long>(
        "messaging.client.sent.messages", "{message}", "Events that were published and are durable.");

    private static readonly Histogram<double> Duration = PersistDiagnostics.Meter.CreateHistogram<double>(
        "messaging.client.operation.duration", "s", "How long publishing took, until the events were durable.");

    private static readonly Counter<long> Exports = PersistDiagnostics.Meter.CreateCounter<long>(
        "orleans.persist.sink.exports", "{export}", "Exports of sinks that succeeded.");

    private static readonly Counter<long> FailedExports = PersistDiagnostics.Meter.CreateCounter<long>(
        "orleans.persist.sink.failed_exports", "{export}", "Exports of sinks that failed.");

    private static readonly Counter<long> Replayed = PersistDiagnostics.Meter.CreateCounter<long>(
        "orleans.persist.sink.replayed", "{event}", "Events that were there when a sink came online, and were replayed to it.");

    private static readonly Counter<long> RecoveredDamage = PersistDiagnostics.Meter.CreateCounter<long>(
        "orleans.persist.recovered_damage", "{snapshot}", "Snapshots that could not be read, so that the one before was taken.");

    private static readonly ConcurrentDictionary<SinkRunner, string> Runners = new();

    static SourceInstruments() => PersistDiagnostics.Meter.CreateObservableGauge(
        "orleans.persist.sink.lag", Lags, "{event}", "Events that a sink has still to apply.");

    /// <summary>Whether somebody listens to what publishing measures.</summary>
    public static bool PublishingIsObserved => Published.Enabled || Duration.Enabled || PersistDiagnostics.ActivitySource.HasListeners();

    public static Activity? StartPublish(string source, int events)
    {
        var activity = PersistDiagnostics.ActivitySource.StartActivity($"publish {source}", ActivityKind.Producer);
        activity?.SetTag(Attributes.MessagingSystem, Attributes.System)
            .SetTag(Attributes.Destination, source)
            .SetTag(Attributes.Operation, "publish")
            .SetTag(Attributes.OperationType, "send")
            .SetTag(Attributes.BatchCount, events);
        return activity;
    }

    public static Activity? StartExport(string source, string sink, long version)
    {
        var activity = PersistDiagnostics.ActivitySource.StartActivity($"export {source}");
        activity?.SetTag(Attributes.MessagingSystem, Attributes.System)
            .SetTag(Attributes.Destination, source)
            .SetTag(Attributes.Sink, sink)
            .SetTag("orleans.persist.version", version);
        return activity;
    }

    public static void OnPublished(string source, int events, TimeSpan duration, Exception? error)
    {
        var tags = Of(source);
        tags.Add(Attributes.Operation, "publish");
        if (error is not null)
            tags.Add(Attributes.ErrorType, error.GetType().FullName);
        else
            Published.Add(events, tags);
        Duration.Record(duration.TotalSeconds, tags);
    }

    public static void OnExported(string source, string sink) => Exports.Add(1, Of(source, sink));

    public static void OnExportFailed(string source, string sink, Exception error)
    {
        var tags = Of(source, sink);
        tags.Add(Attributes.ErrorType, error.GetType().FullName);
        FailedExports.Add(1, tags);
    }

    public static void OnReplayed(string source, string sink, long events) => Replayed.Add(events, Of(source, sink));

    public static void OnDamageRecovered(string owner) =>
        RecoveredDamage.Add(1, new KeyValuePair<string, object?>(Attributes.Owner, owner));

    /// <summary>Has the lag of a sink reported until <see cref="Forget"/>.</summary>
    public static void Observe(SinkRunner runner) => Runners[runner] = runner.Name;

    public static void Forget(SinkRunner runner) => Runners.TryRemove(runner, out _);

    private static IEnumerable<Measurement<long>> Lags()
    {
        foreach (var runner in Runners.Keys)
            yield return new Measurement<long>(runner.Lag, Of(runner.Source, runner.Name));
    }

    private static TagList Of(string source) => new() { { Attributes.MessagingSystem, Attributes.System }, { Attributes.Destination, source } };

    private static TagList Of(string source, string sink)
    {
        var tags = Of(source);
        tags.Add(Attributes.Sink, sink);
        return tags;
    }
}
