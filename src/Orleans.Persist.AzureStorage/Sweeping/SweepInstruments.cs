using System.Diagnostics.Metrics;
using Orleans.Persist.Diagnostics;

namespace Orleans.Persist.AzureStorage.Sweeping;

/// <summary>The measurements of sweeps.</summary>
internal static class SweepInstruments
{
    private static readonly Meter Meter = new(PersistDiagnostics.MeterName);

    private static readonly Counter<long> Rows = Meter.CreateCounter<long>(
        "orleans.persist.azure.swept_rows", "{row}", "Rows without a use that sweeps have removed.");

    private static readonly Counter<long> Blobs = Meter.CreateCounter<long>(
        "orleans.persist.azure.swept_blobs", "{blob}", "Blobs without a use that sweeps have removed.");

    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "orleans.persist.azure.sweep.duration", "s", "How long a sweep took.");

    public static void OnSwept(SweepReport report, TimeSpan duration)
    {
        Rows.Add(report.Rows);
        Blobs.Add(report.Blobs);
        Duration.Record(duration.TotalSeconds);
    }
}
