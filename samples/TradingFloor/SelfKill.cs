using System.Diagnostics;
using System.Diagnostics.Metrics;
using Orleans.Persist.Diagnostics;

namespace TradingFloor;

/// <summary>Kills this process in the moment in which a number of messages was stored, counted by the engine's own instrument: from outside the place would be missed.</summary>
internal sealed class SelfKill : IDisposable
{
    private readonly Process _self = Process.GetCurrentProcess();
    private readonly MeterListener _listener = new();
    private long _left = long.MaxValue;

    public SelfKill()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == PersistDiagnostics.MeterName && instrument.Name == "orleans.persist.process.events")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, stored, _, _) =>
        {
            if (Interlocked.Add(ref _left, -stored) <= 0)
                _self.Kill(); // SIGKILL: nothing in it runs any more
        });
        _listener.Start();
    }

    /// <summary>Begins to count.</summary>
    public void After(int messages) => Interlocked.Exchange(ref _left, messages);

    public void Dispose()
    {
        _listener.Dispose();
        _self.Dispose();
    }
}
