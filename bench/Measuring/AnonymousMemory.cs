using System.Globalization;

namespace Orleans.Persist.Bench.Measuring;

/// <summary>Samples this process' anonymous memory (RssAnon of /proc/self/status) every few milliseconds and keeps the peak.</summary>
internal sealed class AnonymousMemory : IDisposable
{
    private readonly Timer _timer;
    private long _peak;

    public AnonymousMemory() => _timer = new Timer(_ => Sample(), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(5));

    /// <summary>The peak in megabytes (10^6 bytes), or null where the system does not tell.</summary>
    public double? PeakMegabytes => _peak == 0 ? null : Math.Round(_peak / 1000.0, 0);

    public void Dispose() => _timer.Dispose();

    private void Sample()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var line = File.ReadLines("/proc/self/status").FirstOrDefault(text => text.StartsWith("RssAnon:", StringComparison.Ordinal));
        if (line is not null)
            _peak = Math.Max(_peak, (long)(long.Parse(line.AsSpan(8).Trim()[..^3], CultureInfo.InvariantCulture) * 1.024));
    }
}
