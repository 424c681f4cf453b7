using Orleans.Persist.Processes;
using Orleans.Persist.Serialization;

namespace TradingFloor.Actors;

/// <summary>The simulated time moves on to that of a tick.</summary>
[EventType("advance")]
internal sealed record Advance(int Tick, DateTimeOffset Time);

internal sealed record ClockState
{
    public int Tick { get; init; }

    public DateTimeOffset Time { get; init; }
}

/// <summary>The clock as a service: it knows durably how far the simulated time has come, so that a restart goes on from there.</summary>
internal sealed class Clock : JournaledProcess<ClockState, Advance>
{
    public static readonly ProcessId Service = new("clock", "main");

    protected override object? Handle(Advance message)
    {
        // The outside world says it again where it did not hear the answer: a tick that was is passed over.
        if (message.Tick == State.Tick + 1)
            State = new ClockState { Tick = message.Tick, Time = message.Time };
        return State.Tick;
    }
}
