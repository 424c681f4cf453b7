namespace TradingFloor;

/// <summary>How far a tick is.</summary>
internal enum Step
{
    /// <summary>The clock has moved to the tick's time: timers fire, and what they cause is done.</summary>
    Timers,

    /// <summary>The tick's prices have come: quotes, orders and fills.</summary>
    Quotes,

    /// <summary>Half of the strategies are done with the tick; the others' quotes, orders and fills are on their way.</summary>
    Half,
}
