using System.Diagnostics;
using System.Diagnostics.Metrics;
using Orleans.Persist.Processes;

namespace Orleans.Persist.Diagnostics;

/// <summary>The measurements of persistent processes (requirement p.15). The attribute is the kind of process, never its key: keys are unbounded.</summary>
internal static class ProcessInstruments
{
    private static readonly Histogram<double> Recovery = PersistDiagnostics.Meter.CreateHistogram<double>(
        "orleans.persist.process.recovery.duration", "s", "How long recoveries took.");

    private static readonly Counter<long> Events = PersistDiagnostics.Meter.CreateCounter<long>(
        "orleans.persist.process.events", "{event}", "Events that processes have persisted.");

    private static readonly Counter<long> Snapshots = PersistDiagnostics.Meter.CreateCounter<long>(
        "orleans.persist.process.snapshots", "{snapshot}", "Snapshots that were saved.");

    private static readonly Counter<long> BadSnapshots = PersistDiagnostics.Meter.CreateCounter<long>(
        "orleans.persist.process.snapshots.unusable", "{snapshot}", "Snapshots that a recovery could not use.");

    private static readonly Counter<long> Poison = PersistDiagnostics.Meter.CreateCounter<long>(
        "orleans.persist.process.poison", "{event}", "Events that were left out because they cannot be applied.");

    private static readonly Counter<long> Diverged = PersistDiagnostics.Meter.CreateCounter<long>(
        "orleans.persist.process.diverged", "{message}", "Journaled messages whose rebuild drew or sent something else.");

    private static readonly UpDownCounter<long> Active = PersistDiagnostics.Meter.CreateUpDownCounter<long>(
        "orleans.persist.process.active", "{process}", "Processes in memory.");

    private static readonly Histogram<double> Handling = PersistDiagnostics.Meter.CreateHistogram<double>(
        "messaging.process.duration", "s", "How long messages to processes took, storing included.");

    public static bool MeasuresHandling => Handling.Enabled;

    public static Activity? Start(string operation, string stream, ActivityKind kind = ActivityKind.Internal)
    {
        if (!PersistDiagnostics.ActivitySource.HasListeners())
            return null;
        var activity = PersistDiagnostics.ActivitySource.StartActivity($"{operation} {KindOf(stream)}", kind);
        activity?.SetTag(Attributes.MessagingSystem, Attributes.System);
        activity?.SetTag(Attributes.Owner, stream);
        return activity;
    }

    public static void OnRecovered(string stream, TimeSpan duration)
    {
        if (Recovery.Enabled)
            Recovery.Record(duration.TotalSeconds, Of(stream));
    }

    public static void OnHandled(string stream, TimeSpan duration) => Handling.Record(duration.TotalSeconds, Of(stream));

    public static void OnPersisted(int events) => Events.Add(events);

    public static void OnSnapshot(string stream) => Snapshots.Add(1, Of(stream));

    public static void OnBadSnapshot(string stream) => BadSnapshots.Add(1, Of(stream));

    public static void OnPoison(string stream, PoisonPolicy policy) => Poison.Add(1, Of(stream), new("orleans.persist.policy", policy.ToString()));

    public static void OnDiverged(string stream) => Diverged.Add(1, Of(stream));

    public static void OnActive(string stream, int change) => Active.Add(change, Of(stream));

    private static KeyValuePair<string, object?> Of(string stream) => new(Attributes.Process, KindOf(stream));

    private static string KindOf(string stream) => stream.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash ? stream[..slash] : stream;
}
