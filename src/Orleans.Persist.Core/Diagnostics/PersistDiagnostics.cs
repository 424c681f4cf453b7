using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Orleans.Persist.Diagnostics;

/// <summary>The names under which Orleans.Persist tells OpenTelemetry what it does.</summary>
/// <remarks>Names of instruments and attributes follow OpenTelemetry's semantic conventions for messaging where those have one; the others begin with <c>orleans.persist</c>.</remarks>
public static class PersistDiagnostics
{
    /// <summary>The name of the meter; for <c>AddMeter</c>.</summary>
    public const string MeterName = "Orleans.Persist";

    /// <summary>The name of the activity source; for <c>AddSource</c>.</summary>
    public const string ActivitySourceName = "Orleans.Persist";

    internal static Meter Meter { get; } = new(MeterName, Version);

    internal static ActivitySource ActivitySource { get; } = new(ActivitySourceName, Version);

    private static string? Version => typeof(PersistDiagnostics).Assembly.GetName().Version?.ToString(3);
}
